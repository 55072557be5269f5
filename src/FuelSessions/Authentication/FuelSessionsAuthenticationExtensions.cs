using FuelSessions;
using FuelSessions.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds authentication on the session.</summary>
public static class FuelSessionsAuthenticationExtensions
{
    /// <summary>
    /// Signs people in to their session, under scheme <see cref="FuelSessionsAuthenticationDefaults.AuthenticationScheme"/>: one cookie, and a
    /// sign-out that counts at the server. Beside <c>AddFuelSessions()</c> of the services.
    /// </summary>
    public static AuthenticationBuilder AddFuelSessions(this AuthenticationBuilder builder, Action<FuelSessionsAuthenticationOptions>? configure = null) =>
        builder.AddFuelSessions(FuelSessionsAuthenticationDefaults.AuthenticationScheme, configure);

    /// <summary>
    /// The same under another scheme's name. One that cookie authentication has, such as <c>IdentityConstants.ApplicationScheme</c> of ASP.NET Core
    /// Identity, is taken over, whichever is registered first, with what is configured for it.
    /// </summary>
    public static AuthenticationBuilder AddFuelSessions(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        Action<FuelSessionsAuthenticationOptions>? configure = null) => builder.AddFuelSessions(authenticationScheme, displayName: null, configure);

    /// <summary>The same with a name for people to read.</summary>
    public static AuthenticationBuilder AddFuelSessions(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        string? displayName,
        Action<FuelSessionsAuthenticationOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(authenticationScheme);
        IServiceCollection services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddTransient<FuelSessionsAuthenticationHandler>();

        // Before what this call configures, which wins.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<FuelSessionsAuthenticationOptions>, AuthenticationSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<FuelSessionsAuthenticationOptions>, AuthenticationSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FuelSessionsAuthenticationOptions>, AuthenticationRules>());
        OptionsBuilder<FuelSessionsAuthenticationOptions> options = services.AddOptions<FuelSessionsAuthenticationOptions>(authenticationScheme).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.PostConfigure<AuthenticationOptions>(schemes => AuthenticationSetup.TakeOver(schemes, authenticationScheme, displayName));
        return builder;
    }

    /// <summary>
    /// Keeps the tickets of a cookie scheme at the server, with a driver of the app's sessions (<see cref="ITicketStore"/>): for apps that keep their
    /// cookies. The cookie holds a reference only, and a copied one is worthless after a sign-out.
    /// </summary>
    /// <param name="builder">What <c>AddCookie</c> returned.</param>
    /// <param name="driver">A driver with a server side; null: the default one.</param>
    /// <param name="authenticationScheme">The cookie scheme; null: the one that was added last.</param>
    public static AuthenticationBuilder KeepTicketsInSession(this AuthenticationBuilder builder, string? driver = null, string? authenticationScheme = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // AddCookie leaves its name with the rule that it adds.
        string scheme = authenticationScheme
            ?? builder.Services.Select(service => service.ImplementationInstance).OfType<ValidateOptions<CookieAuthenticationOptions>>().LastOrDefault()?.Name
            ?? CookieAuthenticationDefaults.AuthenticationScheme;
        builder.Services.AddOptions<CookieAuthenticationOptions>(scheme).ValidateOnStart().PostConfigure<IServiceProvider>((options, services) =>
            options.SessionStore = TicketStores.Make(services, driver, scheme));
        return builder;
    }
}
