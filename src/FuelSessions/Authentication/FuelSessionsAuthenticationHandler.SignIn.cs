using System.Security.Claims;
using FuelSessions.Configuration;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Authentication;

/// <summary>Signs in to the session, and out of it.</summary>
internal sealed partial class FuelSessionsAuthenticationHandler
{
    protected override async Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        ArgumentNullException.ThrowIfNull(user);
        Session session = await SessionAsync().ConfigureAwait(false);
        var signingIn = new CookieSigningInContext(Context, Scheme, Options, user, properties ?? new AuthenticationProperties(), Options.Cookie.Build(Context));
        properties = signingIn.Properties;
        DateTimeOffset issued = properties.IssuedUtc ??= TimeProvider.GetUtcNow();

        // Who signs in anew with the properties of before, as Identity does after a change of password, brings the end that was set here.
        bool hasOwnEnd = properties.ExpiresUtc is { } given && given - issued != Options.ExpireTimeSpan;
        properties.ExpiresUtc ??= issued + Options.ExpireTimeSpan;

        // As it was kept, in whole seconds.
        DateTimeOffset? end = properties.ExpiresUtc;
        await Events.SigningIn(signingIn).ConfigureAwait(false);

        ClaimsPrincipal principal = signingIn.Principal ?? throw new InvalidOperationException("OnSigningIn has set the principal to null: nobody can be signed in. Throw there to refuse a sign-in.");
        hasOwnEnd |= Settings.HasOwnTimeSpan || properties.ExpiresUtc != end || properties.IsPersistent;
        var owner = new RecordOwner(UserName.Checked(Settings.PrincipalName(principal)))
        {
            Ticket = StoredTicket.Write(new AuthenticationTicket(principal, properties, Scheme.Name)),
            KeepsCookie = properties.IsPersistent,
        };
        session.Transaction.SignIn(owner, hasOwnEnd ? TimeUntil(properties.ExpiresUtc) : null);
        if (session.Transaction.Options.MostSignIns is not null)
        {
            // Here the app can tell its user that it is refused.
            await session.SaveAsync().ConfigureAwait(false);
        }

        await Events.SignedIn(new CookieSignedInContext(Context, Scheme, principal, properties, Options)).ConfigureAwait(false);
        await AnswerAsync(properties, isReturning: OriginalPath == Options.LoginPath).ConfigureAwait(false);
    }

    protected override async Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        Session session = await SessionAsync().ConfigureAwait(false);
        var signingOut = new CookieSigningOutContext(Context, Scheme, Options, properties ?? new AuthenticationProperties(), Options.Cookie.Build(Context));
        await Events.SigningOut(signingOut).ConfigureAwait(false);
        if (Settings.SignOut == SignOutAction.KeepContent)
        {
            session.Transaction.SignOut();
        }
        else if (session.Transaction.IsOwned)
        {
            session.Destroy();
        }

        await AnswerAsync(signingOut.Properties, isReturning: OriginalPath == Options.LogoutPath).ConfigureAwait(false);
    }

    // To where the app says; or, on the page for it, to where the page's address says, as long as that is this host: anybody can make a link.
    private async Task AnswerAsync(AuthenticationProperties properties, bool isReturning)
    {
        if (Response.HasStarted)
        {
            // A sign-out: it ends at the server, whatever can be said to the browser any more.
            return;
        }

        Response.Headers.CacheControl = "no-cache,no-store";
        Response.Headers.Pragma = "no-cache";
        Response.Headers.Expires = "Thu, 01 Jan 1970 00:00:00 GMT";
        if (Response.StatusCode != StatusCodes.Status200OK)
        {
            return;
        }

        string? target = properties.RedirectUri;
        if (string.IsNullOrEmpty(target))
        {
            target = isReturning && Request.Query[Options.ReturnUrlParameter].ToString() is var asked && LocalPath.Is(asked) ? asked : null;
        }

        if (target is not null)
        {
            await Events.RedirectToReturnUrl(new RedirectContext<CookieAuthenticationOptions>(Context, Scheme, Options, properties, target)).ConfigureAwait(false);
        }
    }

    private async Task<Session> SessionAsync()
    {
        RequestSessions sessions = RequestSessions.Of(Context, services);
        return sessions.IsEnabled
            ? await sessions.ForgeAsync(Settings.Driver).ConfigureAwait(false)
            : throw new InvalidOperationException($"The endpoint opted out of sessions (WithoutSession), and scheme '{Scheme.Name}' signs people in to theirs. Remove the metadata, or sign in and out elsewhere.");
    }

    private TimeSpan TimeUntil(DateTimeOffset? end)
    {
        TimeSpan span = end is { } time ? time - TimeProvider.GetUtcNow() : Options.ExpireTimeSpan;
        return span < FuelSessionsOptionsRules.TenYears ? span : FuelSessionsOptionsRules.TenYears;
    }
}
