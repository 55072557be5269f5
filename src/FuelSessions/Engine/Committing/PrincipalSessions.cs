using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a session is ended that may not be the request's own.</summary>
internal static class PrincipalSessions
{
    /// <summary>Since when it belongs to whom it belongs to.</summary>
    internal static DateTimeOffset Since(SessionRecord record) => record.SignedIn ?? record.Created;

    /// <summary>Ends all of a principal's but one [A9].</summary>
    /// <returns>How many.</returns>
    internal static async ValueTask<int> EndAllAsync(EngineServices services, SessionStorage storage, string principal, SessionKey? except, TimeSpan timeout)
    {
        // First: a sign-in that is not found below, as it is not stored yet, finds the mark once it is.
        await services.Endings.SetAsync(storage, principal, services.Clock.GetUtcNow(), timeout).ConfigureAwait(false);
        int ended = 0;
        foreach (SessionRecord record in await storage.FindAsync(principal, timeout, StoreDeadline.Start(timeout)).ConfigureAwait(false))
        {
            if (record.Key != except && await EndAsync(services, storage, record, timeout).ConfigureAwait(false))
            {
                ended++;
            }
        }

        return ended;
    }

    /// <summary>Ends it, whatever was written to it meanwhile, but not if it belongs to somebody else by now.</summary>
    internal static async ValueTask<bool> EndAsync(EngineServices services, SessionStorage storage, SessionRecord found, TimeSpan timeout)
    {
        StoreDeadline deadline = StoreDeadline.Start(timeout);
        SessionRecord basis = found;
        for (int attempt = 1; ; attempt++)
        {
            WriteResult result = await storage.DeleteAsync(basis, timeout, deadline).ConfigureAwait(false);
            if (result.IsWritten)
            {
                services.Diagnostics.EndedFor(storage.Name, basis);
                return true;
            }

            if (result.Winner is not { } winner || !string.Equals(winner.Principal, found.Principal, StringComparison.Ordinal))
            {
                return false;
            }

            basis = winner;
            try
            {
                await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException error)
            {
                throw await storage.FailureAsync("ended", found.Key, timeout, deadline, error).ConfigureAwait(false);
            }
        }
    }
}
