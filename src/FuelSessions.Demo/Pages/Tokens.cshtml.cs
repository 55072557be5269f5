using FuelSessions.Demo.Client;
using FuelSessions.Demo.Authority;
using FuelSessions.Tokens;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OpenIddict.Abstractions;

namespace FuelSessions.Demo.Pages;

/// <summary>Signs in at the provider, keeps the tokens in the session, and calls an API with them.</summary>
internal sealed class TokensModel(
    Session session,
    ISessionStore sessions,
    TokenSessionFactory tokens,
    ParallelCalls calls,
    AuthorityCounts counts,
    IOpenIddictTokenManager provider,
    IOpenIddictApplicationManager applications,
    AuthorityClient client,
    PendingSignIn pending,
    AheadClock clock) : PageModel
{
    private const string ReportName = "calls";

    internal string? Message { get; private set; }

    internal TokenView? Token { get; private set; }

    internal CallReport? Report { get; private set; }

    /// <summary>How often the provider has renewed this sign-in's token.</summary>
    internal int Refreshes { get; private set; }

    internal string ConfiguredDriver => session.Options.Driver;

    internal string Driver => ProviderClient.DriverFor(session.Options.Driver);

    // Sent twice, to the page where the user agrees and with the code; it must be the same text.
    private string RedirectUri => Url.Page("/Tokens", "Callback", null, Request.Scheme)!;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Message = session.GetFlash<string>("message");
        Report = session.GetFlash<CallReport>(ReportName);
        await using TokenSession own = await OpenAsync(cancellationToken);
        Token = TokenView.Of(own, clock.GetUtcNow());
        Refreshes = counts.RefreshesOf(own.Token.Extra.GetValueOrDefault(AuthorityEndpoints.SignIn));
    }

    public async Task<IActionResult> OnPostSignInAsync(CancellationToken cancellationToken)
    {
        await using TokenSession own = await OpenAsync(cancellationToken);
        await applications.AllowAsync(client, new Uri(RedirectUri));
        AuthorizationRequest request = own.BeginAuthorization(RedirectUri, ProviderClient.Scope);
        pending.Keep(await KeeperAsync(), request);

        // The provider is at this app's own address, which the browser knows better than the app.
        return LocalRedirect("~" + request.Url.PathAndQuery);
    }

    public async Task<IActionResult> OnGetCallbackAsync(CancellationToken cancellationToken)
    {
        if (await pending.TakeAsync(await KeeperAsync(), cancellationToken) is not { } request)
        {
            return Back("That sign-in did not begin in this session, so it does not count.");
        }

        try
        {
            await using TokenSession own = await OpenAsync(cancellationToken);
            await own.CompleteAuthorizationAsync(request, new Uri(Request.GetEncodedUrl()), cancellationToken: cancellationToken);
        }
        catch (TokenRefusedException error) when (error.Error?.Error == "access_denied")
        {
            return Back("You have not agreed. Nobody is signed in.");
        }
        catch (Exception error) when (error is TokenRefusedException or TokenRequestException)
        {
            return Back(error.Message);
        }

        await ReplaceIdAsync();
        return Back("Signed in. The tokens are in your session, encrypted.");
    }

    public async Task<IActionResult> OnPostCallAsync(CancellationToken cancellationToken)
    {
        await using TokenSession own = await OpenAsync(cancellationToken);
        if (!own.IsAuthenticated)
        {
            return Back("Sign in first.");
        }

        CallReport report = await calls.RunAsync(own.Token, cancellationToken);
        session.SetFlash(ReportName, report);
        return Back(
            report.Failed > 0 ? "The token could not be renewed. After a restart the provider knows no sign-in any more: sign in again." : $"{report.Answered} calls answered.",
            "calls");
    }

    public async Task<IActionResult> OnPostExpireAsync(CancellationToken cancellationToken)
    {
        await using TokenSession own = await OpenAsync(cancellationToken);
        if (TokenView.Of(own, clock.GetUtcNow()) is not { Left.Ticks: > 0 } token)
        {
            return Back("There is no access token left that could expire.");
        }

        clock.SetAhead(token.Left);
        return Back($"The clock of the provider and its client went ahead by {TokenView.Text(token.Left)}: the access token has expired.");
    }

    public async Task<IActionResult> OnPostRejectAsync(CancellationToken cancellationToken)
    {
        await using TokenSession own = await OpenAsync(cancellationToken);
        if (await provider.FindByReferenceIdAsync(own.Token.AccessToken, cancellationToken) is { } issued)
        {
            await provider.TryRevokeAsync(issued, cancellationToken);
        }

        return Back("The API answers 401 invalid_token to this access token from now on. The client does not know yet.");
    }

    public async Task<IActionResult> OnPostSignOutAsync(CancellationToken cancellationToken)
    {
        await using TokenSession own = await OpenAsync(cancellationToken);
        string message = "Signed out: the tokens are revoked at the provider and deleted here.";
        try
        {
            await own.RevokeAsync(cancellationToken);
        }
        catch (TokenRequestException)
        {
            // Here they are deleted in any case.
            message = "Signed out: the tokens are deleted here. The provider has not revoked them, or did not know them any more.";
        }

        await ReplaceIdAsync();
        return Back(message);
    }

    private Task<TokenSession> OpenAsync(CancellationToken cancellationToken) => tokens.CreateAsync(ProviderClient.Name, cancellationToken: cancellationToken);

    // As after any change of who is signed in: an id from before is good for nothing now. Tokens stay with the session through it.
    private async Task ReplaceIdAsync() => (await KeeperAsync()).Rotate(revokePrevious: true);

    // The session that keeps the tokens.
    private Task<Session> KeeperAsync() => sessions.ForgeAsync(Driver);

    private RedirectToPageResult Back(string message, string? section = null)
    {
        session.SetFlash("message", message);
        return RedirectToPage("/Tokens", null, null, section);
    }
}
