using System.Security.Claims;
using System.Text.Encodings.Web;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Authentication;

/// <summary>
/// Cookie authentication whose ticket is in the session. How it challenges and forbids is the cookie handler's own; what differs is where a ticket
/// comes from, goes to, and ends. This file: how a request is authenticated. The other part: sign-in and sign-out.
/// </summary>
internal sealed partial class FuelSessionsAuthenticationHandler(
    IOptionsMonitor<FuelSessionsAuthenticationOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    SessionServices services) : CookieAuthenticationHandler(options, logger, encoder)
{
    // What an app that sets no events has: there is nobody to be asked.
    private static readonly CookieAuthenticationEvents Silent = new();

    private FuelSessionsAuthenticationOptions Settings => (FuelSessionsAuthenticationOptions)Options;

    private bool HasPlainEvents => Events.GetType() == typeof(CookieAuthenticationEvents);

    // Nothing has to be done when the response starts: the session is saved then.
    protected override Task InitializeHandlerAsync() => Task.CompletedTask;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        RequestSessions sessions = RequestSessions.Of(Context, services);
        if (sessions.Use.IsFirstUnknowing())
        {
            sessions.Diagnostics.KnowsNobody(Scheme.Name, sessions.Use.Name);
        }

        if (await ReadingAhead.LookAsync(sessions, Settings.Driver).ConfigureAwait(false) is not { Owner: { } owner } session
            || StoredTicket.Read(owner.Ticket, Scheme.Name) is not { } stored)
        {
            return AuthenticateResult.NoResult();
        }

        if (stored.Expires < TimeProvider.GetUtcNow())
        {
            await session.EndOverdueAsync(keepContent: Settings.SignOut == SignOutAction.KeepContent).ConfigureAwait(false);
            return AuthenticateResult.Fail("Ticket expired");
        }

        AuthenticationTicket ticket = StoredTicket.Deferred(owner, Scheme.Name);
        await SlideAsync(session, stored, ticket).ConfigureAwait(false);
        if (HasPlainEvents && ReferenceEquals(Events.OnValidatePrincipal, Silent.OnValidatePrincipal))
        {
            return AuthenticateResult.Success(ticket);
        }

        var context = new CookieValidatePrincipalContext(Context, Scheme, Options, ticket);
        await Events.ValidatePrincipal(context).ConfigureAwait(false);
        if (context.Principal is null)
        {
            return AuthenticateResult.Fail("No principal.");
        }

        if (context.ShouldRenew)
        {
            Renew(session, context.Principal, context.Properties);
        }

        return AuthenticateResult.Success(new AuthenticationTicket(context.Principal, context.Properties, Scheme.Name));
    }

    // Before the principal is validated: what is renewed for time alone is what was stored.
    private async Task SlideAsync(SessionTransaction session, StoredTicket stored, AuthenticationTicket ticket)
    {
        if (stored is not { Issued: { } issued, Expires: { } expires, AllowsRefresh: true } || !Options.SlidingExpiration)
        {
            return;
        }

        DateTimeOffset now = TimeProvider.GetUtcNow();
        bool isDue = expires - now < now - issued;
        if (!HasPlainEvents || !ReferenceEquals(Events.OnCheckSlidingExpiration, Silent.OnCheckSlidingExpiration))
        {
            var context = new CookieSlidingExpirationContext(Context, Scheme, Options, ticket, now - issued, expires - now) { ShouldRenew = isDue };
            await Events.CheckSlidingExpiration(context).ConfigureAwait(false);
            isDue = context.ShouldRenew;
        }

        if (isDue)
        {
            Renew(session, stored.Principal(), stored.Properties());
        }
    }

    // For as long again as it was good for. The request itself goes on with the properties that it came with.
    private void Renew(SessionTransaction session, ClaimsPrincipal principal, AuthenticationProperties properties)
    {
        AuthenticationProperties renewed = properties.Clone();
        DateTimeOffset now = TimeProvider.GetUtcNow();
        if (properties is { IssuedUtc: { } issued, ExpiresUtc: { } expires })
        {
            renewed.ExpiresUtc = now + (expires - issued);
        }

        renewed.IssuedUtc = now;
        session.RenewTicket(StoredTicket.Write(new AuthenticationTicket(principal, renewed, Scheme.Name)));
    }
}
