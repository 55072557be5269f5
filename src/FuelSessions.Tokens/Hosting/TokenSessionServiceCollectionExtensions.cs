using FuelSessions.Tokens;
using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Stores;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds token sessions to an app.</summary>
public static class TokenSessionServiceCollectionExtensions
{
    /// <summary>
    /// Adds a client of an OAuth provider. Sessions of it come from <see cref="TokenSessionFactory"/>. Calling it again for the same name adds
    /// to its options, which are checked when the app starts.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="client">The client's name: part of the key of each of its tokens, so it should stay.</param>
    /// <param name="configure">Its options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddTokenSession(this IServiceCollection services, string client, Action<TokenSessionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(client, configure);
        services.AddSingleton(new TokenClientName(client));
        if (services.Any(service => service.ServiceType == typeof(TokenClients)))
        {
            return services;
        }

        services.AddLogging();
        services.AddMetrics();
        services.AddDataProtection();
        services.AddHttpContextAccessor();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new RegisteredServices(services));
        services.AddSingleton<IValidateOptions<TokenSessionOptions>, TokenSessionOptionsRules>();
        services.AddSingleton<TokenClients>();
        services.AddSingleton<ITokenManagers>(provider => provider.GetRequiredService<TokenClients>());
        services.AddSingleton(provider => new TokenSessionFactory(provider.GetRequiredService<TokenClients>()));
        services.AddHostedService<TokenClientsLifetime>();
        return services;
    }

    /// <summary>
    /// Adds a client of an OAuth provider, and has this <see cref="HttpClient"/> send its tokens: see <see cref="TokenSessionHandler"/>.
    /// </summary>
    /// <param name="builder">What <c>AddHttpClient</c> returned.</param>
    /// <param name="client">The client's name: part of the key of each of its tokens, so it should stay.</param>
    /// <param name="configure">Its options; null if they are given elsewhere, as for a second <see cref="HttpClient"/> of the same client.</param>
    /// <returns>A builder of the same <see cref="HttpClient"/>, which also says how the client gets its tokens, where nobody signs in.</returns>
    public static TokenSessionBuilder AddTokenSession(this IHttpClientBuilder builder, string client, Action<TokenSessionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddTokenSession(client, configure ?? (_ => { }));
        builder.AddHttpMessageHandler(services => new TokenSessionHandler(services.GetRequiredService<TokenSessionFactory>(), client));
        return new TokenSessionBuilder(builder.Services, builder.Name, client);
    }
}
