using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FuelSessions.Authentication;

/// <summary>
/// Keeps the tickets of cookie authentication in records of their own: the cookie holds a reference, and a sign-out removes what it refers to. When a
/// ticket ends, and when it is renewed, the cookie handler decides.
/// </summary>
internal sealed class SessionTicketStore(SessionStorage storage, FuelSessionsOptions options, EngineServices services) : ITicketStore
{
    // For a ticket without an end, which then is renewed by nobody: as long as the framework's cookies live by default.
    private static readonly TimeSpan DefaultLifetime = new CookieAuthenticationOptions().ExpireTimeSpan;

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        SessionId id = SessionId.Create();
        DateTimeOffset now = Now();
        TimeSpan lifetime = Lifetime(ticket, now);
        var record = new SessionRecord
        {
            Key = id.Key,
            Version = 1,
            CurrentHash = id.Secret.Hash(),
            Created = now,
            Rotated = now,
            Updated = now,
            Confirmed = now,
            Lifetime = lifetime,
            Expires = now + lifetime,
            Owner = OwnerOf(ticket, now),
        };
        WriteResult result = await storage.WriteAsync(record, options.StoreTimeout, StoreDeadline.Start(options.StoreTimeout)).ConfigureAwait(false);
        if (!result.IsWritten)
        {
            throw new SessionStoreException($"Driver '{storage.Name}' did not accept the new ticket {id.Key.Fingerprint}.");
        }

        services.Diagnostics.Started(storage.Name, record);
        return id.Encode();
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        if (await FindAsync(key).ConfigureAwait(false) is not { } record || StoredTicket.Read(record.Ticket, scheme: null) is not { } stored)
        {
            return null;
        }

        return new AuthenticationTicket(stored.Principal(), stored.Properties(), stored.Scheme);
    }

    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        StoreDeadline deadline = StoreDeadline.Start(options.StoreTimeout);
        SessionRecord? basis = await FindAsync(key).ConfigureAwait(false);
        for (int attempt = 1; basis is not null; attempt++)
        {
            // Of two who renew it the last one counts. One that was removed meanwhile is not brought back.
            DateTimeOffset now = Now();
            TimeSpan lifetime = Lifetime(ticket, now);
            SessionRecord next = basis with { Version = basis.Version + 1, Updated = now, Lifetime = lifetime, Expires = now + lifetime, Owner = OwnerOf(ticket, basis.SignedIn) };
            WriteResult result = await storage.WriteAsync(next, options.StoreTimeout, deadline).ConfigureAwait(false);
            if (result.Winner is null)
            {
                return;
            }

            basis = result.Winner;
            await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
        }
    }

    public async Task RemoveAsync(string key)
    {
        StoreDeadline deadline = StoreDeadline.Start(options.StoreTimeout);
        SessionRecord? basis = await FindAsync(key).ConfigureAwait(false);
        while (basis is not null)
        {
            WriteResult result = await storage.DeleteAsync(basis, options.StoreTimeout, deadline).ConfigureAwait(false);
            if (result.IsWritten)
            {
                services.Diagnostics.Destroyed(storage.Name, basis);
            }

            basis = result.Winner;
        }
    }

    // What somebody may have made up leads to nothing.
    private async ValueTask<SessionRecord?> FindAsync(string reference)
    {
        if (!SessionId.TryParse(reference, out SessionId id))
        {
            return null;
        }

        SessionRecord? record = await storage.ReadAsync(id.Key, options.StoreTimeout).ConfigureAwait(false);
        return record is not null && id.Secret.Hash().Equals(record.CurrentHash) ? record : null;
    }

    private static RecordOwner OwnerOf(AuthenticationTicket ticket, DateTimeOffset? signedIn) =>
        new(UserName.Checked(UserName.Of(ticket.Principal))) { Ticket = StoredTicket.Write(ticket), KeepsCookie = ticket.Properties.IsPersistent, SignedIn = signedIn };

    // One whose end has come is for the handler to refuse, which removes it: until then it is there.
    private static TimeSpan Lifetime(AuthenticationTicket ticket, DateTimeOffset now) =>
        ticket.Properties.ExpiresUtc is not { } end ? DefaultLifetime
        : end - now is var left && left > Least ? left : Least;

    private static TimeSpan Least { get; } = TimeSpan.FromMinutes(1);

    private DateTimeOffset Now() => ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());
}
