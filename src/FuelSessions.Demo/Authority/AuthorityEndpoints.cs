using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace FuelSessions.Demo.Authority;

/// <summary>What OpenIddict leaves to the app that serves it: who somebody is, and an API.</summary>
internal static class AuthorityEndpoints
{
    /// <summary>The field of each answer that names the sign-in, which every token of it belongs to.</summary>
    internal const string SignIn = "sign_in";

    private const string ServerScheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>Counts the answers to requests for tokens. It comes before authentication, in which OpenIddict refuses some of them.</summary>
    internal static void UseAuthorityCounts(this IApplicationBuilder app) => app.Use(CountAsync);

    /// <summary>Adds the provider's addresses.</summary>
    internal static RouteGroupBuilder MapAuthority(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder provider = app.MapGroup("/provider");
        provider.MapGet("/oauth/authorize", AuthorityPage.ShowAsync);
        provider.MapPost("/oauth/authorize", AgreeAsync).DisableAntiforgery();
        provider.MapPost("/oauth/token", TokenAsync).DisableAntiforgery();
        provider.Map("/api/me", WhoAsync);
        return provider;
    }

    // Before the answer goes out: who has it may ask at once what was counted. Afterwards too, for an answer that could not begin, as its reader was gone.
    private static async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != "/provider/oauth/token")
        {
            await next(context);
            return;
        }

        bool counted = false;
        context.Response.OnStarting(Count);
        await next(context);
        await Count();

        Task Count()
        {
            if (!counted)
            {
                counted = true;
                context.RequestServices.GetRequiredService<AuthorityCounts>().Answered(context.Response.StatusCode);
            }

            return Task.CompletedTask;
        }
    }

    private static async Task<IResult> AgreeAsync(HttpRequest http)
    {
        IFormCollection form = await http.ReadFormAsync();
        OpenIddictRequest request = http.HttpContext.GetOpenIddictServerRequest()!;
        return form["agree"] == "no"
            ? Results.Forbid(authenticationSchemes: [ServerScheme])
            : SignedIn(new ClaimsPrincipal(Identity(form["user"].ToString(), "user")), request.GetScopes());
    }

    private static async Task<IResult> TokenAsync(HttpContext context, AuthorityClient client, AuthorityCounts counts)
    {
        OpenIddictRequest request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
        {
            return SignedIn(new ClaimsPrincipal(Identity(request.ClientId!, "client")), request.GetScopes());
        }

        if (request.IsPasswordGrantType())
        {
            return request.Password == client.Password
                ? SignedIn(new ClaimsPrincipal(Identity(request.Username!, "user")), [client.Scope, Scopes.OfflineAccess])
                : Results.Forbid(
                    new AuthenticationProperties(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidGrant }),
                    [ServerScheme]);
        }

        ClaimsPrincipal principal = (await context.AuthenticateAsync(ServerScheme)).Principal!;
        if (request.IsRefreshTokenGrantType())
        {
            counts.Refreshed(principal.GetAuthorizationId()!);
        }

        return SignedIn(principal, scopes: null);
    }

    private static IResult SignedIn(ClaimsPrincipal principal, IEnumerable<string>? scopes)
    {
        if (scopes is not null)
        {
            principal.SetScopes(scopes);
        }

        principal.SetDestinations(_ => [Destinations.AccessToken]);

        // They come back beside the tokens, so that the demo can show what became of them.
        var properties = new AuthenticationProperties();
        properties.SetParameter("user", principal.GetClaim(Claims.Subject)!);
        if (principal.GetAuthorizationId() is { } signIn)
        {
            properties.SetParameter(SignIn, signIn);
        }

        return Results.SignIn(principal, properties, ServerScheme);
    }

    private static ClaimsIdentity Identity(string subject, string kind)
    {
        var identity = new ClaimsIdentity("demo", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject).SetClaim("kind", kind);
        return identity;
    }

    private static async Task WhoAsync(HttpContext context, AuthorityCounts counts, IOpenIddictTokenManager tokens)
    {
        AuthenticateResult known = await context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        if (known is { Succeeded: true, Principal: { } principal })
        {
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["who"] = $"{principal.GetClaim("kind")}:{principal.GetClaim(Claims.Subject)}" });
            return;
        }

        // Also of a token that is no good any more it is known whose it was.
        string sent = context.Request.Headers.Authorization.ToString();
        if (sent.StartsWith("Bearer ", StringComparison.Ordinal) && await tokens.FindByReferenceIdAsync(sent[7..]) is { } token
            && await tokens.GetAuthorizationIdAsync(token) is { } authorization)
        {
            counts.Rejected(authorization);
        }

        await context.ChallengeAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
    }
}
