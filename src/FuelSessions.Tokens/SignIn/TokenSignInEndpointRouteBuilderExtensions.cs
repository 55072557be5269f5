using System.Diagnostics.CodeAnalysis;
using FuelSessions;
using FuelSessions.Tokens;
using FuelSessions.Tokens.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the pages on which users sign in at a provider.</summary>
public static class TokenSignInEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Adds a client's sign-in: <paramref name="pattern"/> sends a user to the provider and remembers <c>returnUrl</c>, a path of the app's own;
    /// <c>/callback</c> below it is where the provider sends them back to, to be registered there. With PKCE; <c>state</c> and verifier are in
    /// the user's FuelSessions session, good once and for an hour. After a sign-in the session's id is replaced.
    /// </summary>
    /// <param name="endpoints">The app's endpoints, behind <c>app.UseFuelSessions()</c>.</param>
    /// <param name="client">The client's name, as registered.</param>
    /// <param name="pattern">The sign-in page's path.</param>
    /// <param name="configure">Scope, and where users go.</param>
    /// <returns>Both endpoints.</returns>
    /// <exception cref="InvalidOperationException">There is no such client, or it has no AuthorizationEndpoint; or there are no sessions.</exception>
    public static RouteGroupBuilder MapTokenSignIn(
        this IEndpointRouteBuilder endpoints,
        string client,
        [StringSyntax("Route")] string pattern = "/sign-in",
        Action<TokenSignInOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        var options = new TokenSignInOptions();
        configure?.Invoke(options);
        ThrowIfElsewhere(nameof(options.ReturnPath), options.ReturnPath);
        ThrowIfElsewhere(nameof(options.FailurePath), options.FailurePath ?? "/");
        ThrowIfUnable(endpoints.ServiceProvider, client);
        var pages = new SignInPages(client, options);
        RouteGroupBuilder group = endpoints.MapGroup(pattern);
        group.MapGet("", pages.BeginAsync);
        group.MapGet(SignInPages.Callback, pages.CompleteAsync);
        return group;
    }

    private static void ThrowIfElsewhere(string setting, string path)
    {
        if (!LocalPath.Is(path))
        {
            throw new ArgumentException($"{setting} is '{path}'; allowed is a path of the app's own, such as /orders.");
        }
    }

    private static void ThrowIfUnable(IServiceProvider services, string client)
    {
        if (services.GetService<TokenSessionFactory>() is null || services.GetService<FuelSessions.SessionServices>() is null)
        {
            throw new InvalidOperationException(
                $"The sign-in of token client '{client}' can't be mapped: it needs services.AddTokenSession(\"{client}\", ...), and services.AddFuelSessions() for what must be remembered until a user is back.");
        }

        if (services.GetRequiredService<IOptionsMonitor<TokenSessionOptions>>().Get(client).AuthorizationEndpoint is null)
        {
            throw new InvalidOperationException(
                $"The sign-in of token client '{client}' can't be mapped: it has no AuthorizationEndpoint. Set it to the provider's address where users agree.");
        }
    }
}
