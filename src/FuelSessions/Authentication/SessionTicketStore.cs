using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Authentication;

/// <summary>
/// Keeps the tickets of cookie authentication in records of their own: the cookie holds a reference, and a sign-out removes what it refers to. When a
/// ticket ends, and when it is renewed, the cookie handler decides.
/// </summary>
internal sealed class SessionTicketStore(SessionStorage storage, FuelSessionsOptions options, EngineServices services, EventDelivery events) : ITicketStore
{
    // For a ticket without an end, which then is renewed by nobody: as long as the framework's cookies live by default.
    private static readonly TimeSpan DefaultLifetime = new CookieAuthenticationOptions().ExpireTimeSpan;

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        SessionId id = SessionId.Create();
        DateTimeOffset now = Now();
        SessionRecord record = SessionRecord.New(id.Key, id.Secret.Hash(), now, Lifetime(ticket, now)) with { Confirmed = now, Owner = OwnerOf(ticket, now) };
        await Committing.BeginAsync(storage, options, Committing.Fitting(record, storage, options), StoreDeadline.Start(options.StoreTimeout)).ConfigureAwait(false);
        await using EventDelivery.Collection collected = events.Begin();
        services.Diagnostics.Started(collected.Events, storage.Name, record);
        return id.Encode();
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        if (await FindAsync(key, StoreDeadline.Start(options.StoreTimeout)).ConfigureAwait(false) is not { } record || StoredTicket.Read(record.Ticket, scheme: null) is not { } stored)
        {
            return null;
        }

        return new AuthenticationTicket(stored.Principal(), stored.Properties(), stored.Scheme);
    }

    public async Task<string> StoreAsync(AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
    {
        string key = await StoreAsync(ticket).ConfigureAwait(false);
        IsPresent(key, ticket, httpContext);
        return key;
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
    {
        AuthenticationTicket? ticket = await RetrieveAsync(key).ConfigureAwait(false);
        if (ticket is not null)
        {
            IsPresent(key, ticket, httpContext);
        }

        return ticket;
    }

    // Of two who renew it the last one counts. One that was removed meanwhile is not brought back.
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (await CommitAsync(key, basis => new Plan.Write(Renewed(basis, ticket), current: null, tokens: null, Variables.None, last: null)).ConfigureAwait(false)
            is { IsGone: false, Plan: Plan.Write written } done)
        {
            await using EventDelivery.Collection collected = events.Begin();
            services.Diagnostics.Written(collected.Events, storage.Name, done.Basis, written.Record, done.Attempts);
        }
    }

    public async Task RemoveAsync(string key)
    {
        if (await CommitAsync(key, static _ => Plan.Delete).ConfigureAwait(false) is { HasEnded: true } done)
        {
            await using EventDelivery.Collection collected = events.Begin();
            services.Diagnostics.Destroyed(collected.Events, storage.Name, done.Basis);
        }
    }

    /// <returns>Null if there was nothing to do it to.</returns>
    private async ValueTask<Committed?> CommitAsync(string key, Func<SessionRecord, Plan> plan)
    {
        StoreDeadline deadline = StoreDeadline.Start(options.StoreTimeout);
        return await FindAsync(key, deadline).ConfigureAwait(false) is { } found
            ? await Committing.CommitAsync(services, storage, options, plan(found), new Planning(plan), found, deadline).ConfigureAwait(false)
            : null;
    }

    // What somebody may have made up leads to nothing.
    private async ValueTask<SessionRecord?> FindAsync(string reference, StoreDeadline deadline)
    {
        if (!SessionId.TryParse(reference, out SessionId id))
        {
            return null;
        }

        SessionRecord? record = await storage.ReadAsync(id.Key, options.StoreTimeout, deadline).ConfigureAwait(false);
        return record is not null && id.Secret.Hash().Equals(record.CurrentHash) ? record : null;
    }

    private SessionRecord Renewed(SessionRecord basis, AuthenticationTicket ticket)
    {
        DateTimeOffset now = Now();
        TimeSpan lifetime = Lifetime(ticket, now);
        RecordOwner owner = OwnerOf(ticket, basis.SignedIn);
        return basis with
        {
            Version = basis.Version + 1,
            Updated = now,
            Lifetime = lifetime,
            Expires = now + lifetime,

            // The cookie handler also renews where another one signs in on top.
            Owner = string.Equals(owner.Principal, basis.Principal, StringComparison.Ordinal) ? owner : owner with { SignedIn = now },
        };
    }

    private static string? NameOf(AuthenticationTicket ticket) => UserName.Checked(UserName.Of(ticket.Principal));

    private static RecordOwner OwnerOf(AuthenticationTicket ticket, DateTimeOffset? signedIn) =>
        new(NameOf(ticket)) { Ticket = StoredTicket.Write(ticket), KeepsCookie = ticket.Properties.IsPersistent, SignedIn = signedIn };

    // One whose end has come is for the handler to refuse, which removes it: until then it is there.
    private static TimeSpan Lifetime(AuthenticationTicket ticket, DateTimeOffset now) =>
        ticket.Properties.ExpiresUtc is not { } end ? DefaultLifetime
        : end - now is var left && left > Least ? left : Least;

    private static TimeSpan Least { get; } = TimeSpan.FromMinutes(1);

    private void IsPresent(string reference, AuthenticationTicket ticket, HttpContext context)
    {
        if (SessionId.TryParse(reference, out SessionId id))
        {
            PresentTickets.Add(context, storage.Name, id.Key, NameOf(ticket));
        }
    }

    private DateTimeOffset Now() => ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());

    private readonly struct Planning(Func<SessionRecord, Plan> plan) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost) => plan(basis);
    }
}
