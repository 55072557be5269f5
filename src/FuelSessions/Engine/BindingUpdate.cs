using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Changes a stored session's binding, and nothing else of it, by compare and swap on top of whatever others write meanwhile [B3].</summary>
internal sealed class BindingUpdate(EngineServices services, SessionStorage storage, FuelSessionsOptions options)
{
    /// <param name="key">Which session.</param>
    /// <param name="decide">
    /// What is to be stored instead of that record's binding; null: it stays. Asked again with what another writer has stored; not asked if there is no
    /// session, or none any more.
    /// </param>
    /// <returns>False if there is no session.</returns>
    /// <exception cref="SessionStoreException">The store could not be read or written.</exception>
    /// <exception cref="SessionTooLargeException">The session has no room for it.</exception>
    internal async ValueTask<bool> ApplyAsync(SessionKey key, Func<SessionRecord, DeviceBinding?> decide)
    {
        StoreDeadline deadline = StoreDeadline.Start(options.StoreTimeout);
        if (await storage.ReadAsync(key, options.StoreTimeout, deadline).ConfigureAwait(false) is not { } read)
        {
            return false;
        }

        var planning = new Rebinding(services, options, decide);
        Committed done = await Committing.CommitAsync(services, storage, options, planning.On(read, lost: null), planning, read, deadline).ConfigureAwait(false);
        return !done.IsGone && done.Plan != Plan.Leave;
    }

    private readonly struct Rebinding(EngineServices services, FuelSessionsOptions options, Func<SessionRecord, DeviceBinding?> decide) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost) =>
            ExpiryPolicy.IsOver(basis, services.Clock.GetUtcNow(), options) ? Plan.Leave
            : decide(basis) is { } binding ? new Plan.Write(Next(basis, binding), current: null, tokens: null, Variables.None, last: null)
            : Plan.Keep;

        // A browser that refreshes is there: it counts as a use, so that a touch which this overtakes is not undone.
        private SessionRecord Next(SessionRecord basis, DeviceBinding binding)
        {
            DateTimeOffset now = ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());
            DateTimeOffset expires = ExpiryPolicy.Expires(now, basis.Created, basis.Lifetime, options);
            return basis with
            {
                Version = basis.Version + 1,
                Updated = now,
                Expires = ExpiryPolicy.IsTouchDue(basis, expires, options) ? expires : basis.Expires,
                Binding = binding,
            };
        }
    }
}
