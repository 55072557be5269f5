using System.Diagnostics;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// Lets at most one renewal of a key run in this process, however many callers want one. It belongs to none of them: it ends by itself, whoever
/// stops waiting.
/// </summary>
internal sealed class Flights(Func<TokenKey, string?, Task<OAuthToken>> renew)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TokenKey, Task<OAuthToken>> _running = [];

    /// <summary>The renewal of a key that is under way, or else a new one.</summary>
    /// <param name="rejected">The access token that a new one does not count as renewed.</param>
    internal (Task<OAuthToken> Flight, bool IsNew) Join(TokenKey key, string? rejected)
    {
        TaskCompletionSource<OAuthToken> flight;
        lock (_gate)
        {
            if (_running.TryGetValue(key, out Task<OAuthToken>? running))
            {
                return (running, false);
            }

            flight = new TaskCompletionSource<OAuthToken>(TaskCreationOptions.RunContinuationsAsynchronously);
            _running.Add(key, flight.Task);
        }

        // Without the caller's context: its request (HttpContext, session, culture) may end before the renewal does. Only the trace goes
        // along, which outlives a request: one sees which call paid for the renewal.
        Activity? trace = Activity.Current;
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = FlyAsync(key, rejected, flight, trace), null);
        return (flight.Task, true);
    }

    /// <summary>Ends when the renewals that are under way have, however they end.</summary>
    internal Task AllLandedAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_running.Values.Select(flight => flight.ContinueWith(static _ => { }, TaskScheduler.Default)));
        }
    }

    private async Task FlyAsync(TokenKey key, string? rejected, TaskCompletionSource<OAuthToken> flight, Activity? trace)
    {
        Activity.Current = trace;
        try
        {
            OAuthToken token = await renew(key, rejected).ConfigureAwait(false);
            Land(key);
            flight.SetResult(token);
        }
        catch (Exception error)
        {
            Land(key);
            flight.SetException(error);

            // Observed, also if every caller has gone.
            _ = flight.Task.Exception;
        }
    }

    // Before the callers go on: who comes later begins a new one, which reads what this one has stored.
    private void Land(TokenKey key)
    {
        lock (_gate)
        {
            _running.Remove(key);
        }
    }
}
