using FuelSessions.Tokens.Renewal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.SignIn;

/// <summary>The two addresses of a sign-in: the one that leads to the provider, and the one that the provider leads back to.</summary>
internal sealed class SignInPages(string client, TokenSignInOptions options)
{
    internal const string Callback = "/callback";

    internal const string Return = "returnUrl";

    /// <summary>Of <c>returnUrl</c>, in characters, as a header has it: anybody's page can lead here with one.</summary>
    internal const int LongestReturn = 2048;

    // Five of usual length. As a cookie they take half as much again.
    private const int MostCarried = 2000;

    internal async Task BeginAsync(HttpContext context)
    {
        // Anew for each visit: an answer from a cache would have a state that is used up.
        context.Response.Headers.CacheControl = "no-store";
        Session session = await SessionAsync(context).ConfigureAwait(false);
        if (HeldBack.IsToComeAgain(context, session))
        {
            await HeldBack.ComeAgainAsync(context).ConfigureAwait(false);
            return;
        }

        if (ReturnPath(context) is not { } returnPath)
        {
            await FailAsync(
                context,
                StatusCodes.Status400BadRequest,
                "return_url_too_long",
                $"This sign-in can't lead back to where it was asked for: {Return} is longer than {LongestReturn} characters. Begin it from another page.").ConfigureAwait(false);
            return;
        }

        TokenSession tokens = await OpenAsync(context).ConfigureAwait(false);
        string redirectUri = options.RedirectUri?.AbsoluteUri
            ?? UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase, context.Request.Path.Value!.TrimEnd('/') + Callback);
        AuthorizationRequest request = tokens.BeginAuthorization(redirectUri, options.Scope);
        var pending = new PendingSignIn(client, request.State, request.CodeVerifier, redirectUri, returnPath, Clock(context).GetUtcNow());
        session.KeepFlash();
        if (await IsRememberedAsync(context, session, pending).ConfigureAwait(false))
        {
            context.Response.Redirect(request.Url.AbsoluteUri);
        }
        else
        {
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, "session_unavailable", "This sign-in can't be remembered until you are back. Begin again.").ConfigureAwait(false);
        }
    }

    internal async Task CompleteAsync(HttpContext context)
    {
        // The address has the code in it: it must not stay in a cache, nor go on to the next page's servers (RFC 9700, section 4.2).
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        Session session = await SessionAsync(context).ConfigureAwait(false);
        if (HeldBack.IsToComeAgain(context, session))
        {
            await HeldBack.ComeAgainAsync(context).ConfigureAwait(false);
            return;
        }

        // What the rotation below will demand, while the code is still good: a browser that has signed by then may come with it again.
        session.Transaction.ThrowIfUnproved();
        session.KeepFlash();
        if (await Pending(context).TakeAsync(session, client, context.Request.Query["state"], context.RequestAborted).ConfigureAwait(false) is not { } pending)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, "unknown_sign_in", "This sign-in did not begin in this browser, or it has ended already. Begin again.").ConfigureAwait(false);
            return;
        }

        try
        {
            TokenSession tokens = await OpenAsync(context).ConfigureAwait(false);
            var request = new AuthorizationRequest(new Uri(pending.RedirectUri), pending.State, pending.CodeVerifier, pending.RedirectUri);
            await tokens.CompleteAuthorizationAsync(
                request, new Uri(Callback + context.Request.QueryString, UriKind.Relative), cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (TokenRefusedException error)
        {
            bool isPersons = error.Error?.StatusCode == System.Net.HttpStatusCode.Forbidden;
            await FailAsync(context, isPersons ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, error.Error?.Error ?? "refused", error.Message).ConfigureAwait(false);
            return;
        }
        catch (TokenRequestException error)
        {
            int status = error.IsTransient ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status502BadGateway;
            await FailAsync(context, status, error.Error?.Error ?? "no_answer", error.Message).ConfigureAwait(false);
            return;
        }

        // As after any sign-in: an id from before is good for nothing now. Tokens stay with the session through it.
        session.Rotate(revokePrevious: true);
        context.Response.Redirect(pending.ReturnPath);
    }

    // Where the user is to return to; null if that is longer than anybody's session is to remember.
    private string? ReturnPath(HttpContext context)
    {
        string? wanted = context.Request.Query[Return];
        return !LocalPath.Is(wanted) ? options.ReturnPath
            : wanted!.Length <= LongestReturn && LocalPath.InHeader(wanted) is { Length: <= LongestReturn } path ? path
            : null;
    }

    private async Task<bool> IsRememberedAsync(HttpContext context, Session session, PendingSignIn pending)
    {
        // What travels with each request is for the app's content as well.
        int room = context.RequestServices.GetRequiredService<FuelSessions.SessionServices>().HomeOf(session.Driver).IsCarried ? MostCarried : int.MaxValue;
        try
        {
            return await Pending(context).TryAddAsync(session, pending, options.ReturnPath, room, context.RequestAborted).ConfigureAwait(false);
        }
        catch (SessionTooLargeException error)
        {
            SignInLog.NoRoom(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(TokenDiagnostics.MeterName), client, error);
            session.KeepFlash();
            return false;
        }
    }

    private Task FailAsync(HttpContext context, int status, string error, string message)
    {
        if (options.FailurePath is { } path)
        {
            context.Response.Redirect(QueryHelpers.AddQueryString(path, "error", error));
            return Task.CompletedTask;
        }

        return Results.Text(message, statusCode: status).ExecuteAsync(context);
    }

    // The one that keeps the tokens too, where a session does. Who signs in has asked for what that takes: it needs no consent [C7].
    private async Task<Session> SessionAsync(HttpContext context)
    {
        Session session = await AmbientSessions.Require().UseAsync(Client(context).Options.SessionDriver, context.RequestAborted).ConfigureAwait(false);
        return context.Features.Get<ITrackingConsentFeature>() is { CanTrack: false } ? session.SetConfig(nameof(FuelSessionsOptions.IsEssential), true) : session;
    }

    private Task<TokenSession> OpenAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<TokenSessionFactory>().CreateAsync(client, cancellationToken: context.RequestAborted);

    private TokenClient Client(HttpContext context) => context.RequestServices.GetRequiredService<TokenSessionFactory>().Client(client);

    private TimeProvider Clock(HttpContext context) => Client(context).Clock;

    private PendingSignIns Pending(HttpContext context) => new(
        Client(context).Options.DataProtection ?? context.RequestServices.GetRequiredService<Microsoft.AspNetCore.DataProtection.IDataProtectionProvider>(),
        Clock(context));
}
