namespace FuelSessions.Redis.Connections;

/// <summary>
/// The calls of one connection, from when they were to be sent until they were answered, and when they are sent: one that is alone at once, those
/// that meet others in a row.
/// </summary>
/// <remarks>
/// Under load the thread pool's queue holds further requests that are about to call. Who finds a call under way gets in line with them,
/// once for all that join before it is their turn, and the client then takes all of them one after the other: they share its write, the server's
/// read, and its answer. None of them waits for company, as the turn comes at once where the pool has nothing else to do; and what a call costs is
/// mostly what its way through the kernel does.
/// </remarks>
internal sealed class CallsUnderWay(ConnectionReports reports) : IThreadPoolWorkItem
{
    /// <summary>How many calls that were sent may be without an answer although nobody waits for one any more.</summary>
    private const int MostAbandoned = 1000;

    // Each leads to the one that came before it.
    private Call? _lastInLine;
    private int _underWay;
    private int _abandoned;

    /// <exception cref="TimeoutException">The server hangs: the client would keep what it does not answer, without an end.</exception>
    internal void RefuseBacklog()
    {
        if (Volatile.Read(ref _abandoned) >= MostAbandoned)
        {
            throw new TimeoutException($"Redis has not answered {MostAbandoned} earlier calls; this one was not sent.");
        }
    }

    internal void Begin(Call call)
    {
        if (Interlocked.Increment(ref _underWay) == 1)
        {
            call.Send(isAlone: true);
        }
        else
        {
            GetInLine(call);
        }
    }

    internal void Answered() => Interlocked.Decrement(ref _underWay);

    /// <summary>Nobody waits any more for a call that was not sent yet, so it never is. The server owes it nothing.</summary>
    internal void LeftUnsent() => Interlocked.Decrement(ref _underWay);

    internal void Abandoned() => Interlocked.Increment(ref _abandoned);

    /// <summary>An abandoned call was answered.</summary>
    /// <param name="error">What it was answered with: the only way in which the app's connection tells what went wrong before the driver knew it.</param>
    internal void AnsweredLate(Exception? error)
    {
        reports.Take(error);
        Interlocked.Decrement(ref _abandoned);
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>It is their turn.</summary>
    void IThreadPoolWorkItem.Execute() => SendThoseInLine();

    /// <summary>Sends all that are in line, on this thread.</summary>
    internal void SendThoseInLine()
    {
        Call? call = InOrder(Interlocked.Exchange(ref _lastInLine, null));
        while (call is not null)
        {
            // It may be another one's as soon as it is sent.
            Call? next = call.Neighbour;
            call.Neighbour = null;
            call.Send(isAlone: false);
            call = next;
        }
    }

    private void GetInLine(Call call)
    {
        call.Flow = ExecutionContext.Capture();
        Call? last;
        do
        {
            last = Volatile.Read(ref _lastInLine);
            call.Neighbour = last;
        }
        while (Interlocked.CompareExchange(ref _lastInLine, call, last) != last);

        if (last is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private static Call? InOrder(Call? last)
    {
        Call? first = null;
        while (last is not null)
        {
            Call? before = last.Neighbour;
            last.Neighbour = first;
            first = last;
            last = before;
        }

        return first;
    }
}
