namespace FuelSessions.Engine;

/// <summary>
/// Bounds a store operation in real time [F6]. Operations that begin at about the same time share one end and its timer: it comes up to a sixteenth
/// late, never early.
/// </summary>
internal readonly struct StoreDeadline
{
    // One a timeout, of which an app has few, and a processor: each call registers with it, under its lock. Losing a race for a place costs a
    // timer.
    private static readonly Shared?[] Latest = new Shared?[64];

    private readonly Shared _shared;

    private StoreDeadline(Shared shared) => _shared = shared;

    /// <summary>For whoever waits: nothing that registers with it may block.</summary>
    internal CancellationToken Token => _shared.Token;

    /// <summary>
    /// For drivers: cancelled right after <see cref="Token"/>, on another thread. A client may ask its server to stop in the callback, and wait for
    /// the answer: all who share the end would otherwise wait with it.
    /// </summary>
    internal CancellationToken DriverToken => _shared.DriverToken;

    internal static StoreDeadline Start(TimeSpan timeout)
    {
        long now = Environment.TickCount64;
        ref Shared? place = ref Latest[(timeout.GetHashCode() + Thread.GetCurrentProcessorId()) & (Latest.Length - 1)];
        Shared? shared = Volatile.Read(ref place);
        if (shared is null || shared.Timeout != timeout || now >= shared.TakesUntil)
        {
            shared = Shared.From(now, timeout);
            Volatile.Write(ref place, shared);
        }

        return new StoreDeadline(shared);
    }

    /// <summary>To be awaited before going on after a failure: whoever shares a deadline that has passed is told of it one after the other.</summary>
    internal async ValueTask StepAsideAsync()
    {
        if (Token.IsCancellationRequested)
        {
            await Task.Yield();
        }
    }

    private sealed record Shared(TimeSpan Timeout, long TakesUntil, CancellationToken Token, CancellationToken DriverToken)
    {
        internal static Shared From(long now, TimeSpan timeout)
        {
            long span = (long)Math.Min(timeout.TotalMilliseconds / 16, 1000);

            // Its timer holds it until then, and lets it go.
            var source = new CancellationTokenSource(timeout + TimeSpan.FromMilliseconds(span));
            var drivers = new CancellationTokenSource();
            source.Token.UnsafeRegister(static drivers => _ = ((CancellationTokenSource)drivers!).CancelAsync(), drivers);
            return new Shared(timeout, now + span, source.Token, drivers.Token);
        }
    }
}
