using System.Diagnostics;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// Lets at most one renewal of a key run in this process, however many callers want one. It belongs to none of them: it ends by itself, whoever
/// stops waiting. Callers may be answered before it ends.
/// </summary>
internal sealed class Flights(Func<TokenKey, string?, Action<Task<OAuthToken>>, Task<OAuthToken>> renew)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TokenKey, Flight> _running = [];

    /// <summary>What callers of the renewal of a key that is under way, or else of a new one, get.</summary>
    /// <param name="rejected">The access token that a new one does not count as renewed.</param>
    internal (Task<OAuthToken> Answer, bool IsNew) Join(TokenKey key, string? rejected)
    {
        Flight flight;
        lock (_gate)
        {
            if (_running.TryGetValue(key, out Flight? running))
            {
                return (running.Answer.Task, false);
            }

            flight = new Flight();
            _running.Add(key, flight);
        }

        // Without the caller's context: its request (HttpContext, session, culture) may end before the renewal does. Only the trace goes
        // along, which outlives a request: one sees which call paid for the renewal.
        Activity? trace = Activity.Current;
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = FlyAsync(key, rejected, flight, trace), null);
        return (flight.Answer.Task, true);
    }

    /// <summary>What callers of the renewal of a key that is under way get; null if there is none.</summary>
    internal Task<OAuthToken>? Find(TokenKey key)
    {
        lock (_gate)
        {
            return _running.GetValueOrDefault(key)?.Answer.Task;
        }
    }

    /// <summary>Ends when the renewals that are under way have, however they end.</summary>
    internal Task AllLandedAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_running.Values.Select(flight => flight.Landed.Task));
        }
    }

    private async Task FlyAsync(TokenKey key, string? rejected, Flight flight, Activity? trace)
    {
        Activity.Current = trace;
        Task<OAuthToken> renewal = renew(key, rejected, early => Answer(flight, early));
        await ((Task)renewal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Before the callers go on: who comes later begins a new one, which reads what this one has stored.
        lock (_gate)
        {
            _running.Remove(key);
        }

        Answer(flight, renewal);
        flight.Landed.SetResult();
    }

    private static void Answer(Flight flight, Task<OAuthToken> answer)
    {
        flight.Answer.TrySetFromTask(answer);

        // Observed, also if every caller has gone.
        _ = flight.Answer.Task.Exception;
        _ = answer.Exception;
    }

    private sealed class Flight
    {
        internal TaskCompletionSource<OAuthToken> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Landed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
