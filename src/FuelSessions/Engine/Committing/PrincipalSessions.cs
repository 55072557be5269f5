using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a session is ended that may not be the request's own.</summary>
internal static class PrincipalSessions
{
    /// <summary>Since when it belongs to whom it belongs to.</summary>
    internal static DateTimeOffset Since(SessionRecord record) => record.SignedIn ?? record.Created;

    /// <summary>Ends all of a principal's but those [A9].</summary>
    /// <returns>How many.</returns>
    internal static async ValueTask<int> EndAllAsync(EngineServices services, SessionStorage storage, string principal, IReadOnlySet<SessionKey>? except, FuelSessionsOptions options, EndedBy by)
    {
        // First: a sign-in that is not found below, as it is not stored yet, finds the mark once it is.
        await services.Endings.SetAsync(storage, principal, services.Clock.GetUtcNow(), options.StoreTimeout).ConfigureAwait(false);
        int ended = 0;
        foreach (SessionRecord record in await storage.FindAsync(principal, options.StoreTimeout, StoreDeadline.Start(options.StoreTimeout)).ConfigureAwait(false))
        {
            if (except?.Contains(record.Key) is not true && await EndAsync(services, storage, record, options, by).ConfigureAwait(false))
            {
                ended++;
            }
        }

        return ended;
    }

    /// <summary>Ends it, whatever was written to it meanwhile, but not if it belongs to somebody else by now.</summary>
    internal static async ValueTask<bool> EndAsync(EngineServices services, SessionStorage storage, SessionRecord found, FuelSessionsOptions options, EndedBy by)
    {
        Committed done = await Committing.CommitAsync(
            services, storage, options, Plan.Delete, new Ending(found.Principal), found, StoreDeadline.Start(options.StoreTimeout)).ConfigureAwait(false);
        if (done.HasEnded)
        {
            services.Diagnostics.EndedFor(storage.Name, done.Basis, by);
        }

        return done.HasEnded;
    }

    private readonly struct Ending(string? principal) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost) => string.Equals(basis.Principal, principal, StringComparison.Ordinal) ? Plan.Delete : Plan.Leave;
    }
}
