using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens;

/// <summary>A registered client of an OAuth provider, and the <see cref="HttpClient"/> that it was registered with.</summary>
public sealed class TokenSessionBuilder : IHttpClientBuilder
{
    internal TokenSessionBuilder(IServiceCollection services, string name, string client) => (Services, Name, Client) = (services, name, client);

    /// <summary>The name of the <see cref="HttpClient"/>.</summary>
    public string Name { get; }

    /// <summary>The client's name.</summary>
    public string Client { get; }

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <inheritdoc cref="TokenSessionOptions.WithClientCredentials"/>
    /// <returns>The same builder.</returns>
    public TokenSessionBuilder WithClientCredentials(string? scope = null, IReadOnlyDictionary<string, string>? parameters = null)
    {
        Services.Configure<TokenSessionOptions>(Client, options => options.WithClientCredentials(scope, parameters));
        return this;
    }

    /// <inheritdoc cref="TokenSessionOptions.WithApp"/>
    /// <returns>The same builder.</returns>
    public TokenSessionBuilder WithApp(string appId, string appToken)
    {
        Services.Configure<TokenSessionOptions>(Client, options => options.WithApp(appId, appToken));
        return this;
    }
}
