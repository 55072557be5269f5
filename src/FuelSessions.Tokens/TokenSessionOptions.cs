using System.Diagnostics.CodeAnalysis;
using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens;

/// <summary>One client of one OAuth provider: who it is, where it asks, where its tokens are kept.</summary>
public sealed class TokenSessionOptions
{
    /// <summary>The client's identifier at the provider. Required.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client's secret at the provider; null for a public client.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>How the client identifies itself at the provider. Default: in the form.</summary>
    public ClientAuthentication ClientAuthentication { get; set; }

    /// <summary>Where tokens are asked for. Required; https, or a loopback address.</summary>
    public Uri? TokenEndpoint { get; set; }

    /// <summary>Where users agree, for <c>TokenSession.AuthorizeUrl</c>.</summary>
    public Uri? AuthorizationEndpoint { get; set; }

    /// <summary>Where tokens are revoked (RFC 7009); null if the provider has no such place.</summary>
    public Uri? RevocationEndpoint { get; set; }

    /// <summary>The scheme of the <c>Authorization</c> header. Default <c>Bearer</c> (RFC 6750).</summary>
    public string Scheme { get; set; } = "Bearer";

    /// <summary>Refuses to send a token over plain http to another machine (RFC 6750, section 5.3). Default true.</summary>
    public bool RequireHttps { get; set; } = true;

    /// <summary>
    /// How long before its end an access token is renewed. Default 60 seconds; 0 to 1 hour. For a token that lives less than ten times as
    /// long: a tenth of its life.
    /// </summary>
    public TimeSpan RenewBefore { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a refresh token lives where the provider does not say. Default null: for ever.</summary>
    public TimeSpan? RefreshTokenLifetime { get; set; }

    /// <summary>How long one request to the provider may take. Default 10 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether processes renew one at a time. Default true; it needs a manager that is an <see cref="ITokenRenewalLock"/>, as ours are.</summary>
    public bool LockRenewals { get; set; } = true;

    /// <summary>
    /// How long a process that was killed while it renewed can hold up the others. Default 30 seconds; longer than
    /// <see cref="RequestTimeout"/>, up to 1 hour.
    /// </summary>
    public TimeSpan LockLifetime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether a 401 of the API means that the access token has expired, so that renewing it helps. Default: the error is
    /// <c>invalid_token</c> (RFC 6750), or the description has <c>expired_token</c> in it (Podio).
    /// </summary>
    public Func<OAuthError, bool> IsTokenExpired { get; set; } = static error =>
        error.Error == "invalid_token" || (error.Description?.Contains("expired_token", StringComparison.Ordinal) ?? false);

    /// <summary>
    /// On whose behalf a request is made that does not say so itself (<c>request.SetTokenOwner</c>). Default null: the app's own. Must
    /// tell users apart where each has tokens of their own. It is asked in the caller's context, with the app's root services; the manager is
    /// not: a renewal has no request, because it serves several and outlives them.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, ValueTask<string>>? Owner { get; set; }

    /// <summary>What protects stored tokens. Default: the app's; without services, the file manager has keys beside its tokens.</summary>
    public IDataProtectionProvider? DataProtection { get; set; }

    /// <summary>What sends the requests to the provider. Default: one of the client's own. It is not disposed of.</summary>
    public HttpMessageHandler? Backchannel { get; set; }

    /// <summary>The clock. Default: the app's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>Makes the manager. Null: none was chosen, which is an error at start-up.</summary>
    internal Func<IServiceProvider, TokenStoreContext, ITokenSessionManager>? CreateManager { get; private set; }

    /// <summary>Keeps tokens in a manager of your own.</summary>
    public TokenSessionOptions UseManager(ITokenSessionManager manager)
    {
        ArgumentNullException.ThrowIfNull(manager);
        CreateManager = (_, _) => manager;
        return this;
    }

    /// <summary>The same, made when the app starts.</summary>
    public TokenSessionOptions UseManager(Func<IServiceProvider, ITokenSessionManager> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        CreateManager = (services, _) => create(services);
        return this;
    }

    /// <summary>
    /// The same, of a type that is registered as a service, or else can be made from services. It must not be scoped: a client lives as long
    /// as the app. A type that can't be made is an error at start-up.
    /// </summary>
    public TokenSessionOptions UseManager<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, ITokenSessionManager
    {
        CreateManager = static (services, _) => ManagerType.Make<T>(services);
        return this;
    }

    /// <summary>One of this project's: a store under encryption.</summary>
    internal TokenSessionOptions UseStore(Func<IServiceProvider, TokenStoreContext, ITokenStore> create)
    {
        CreateManager = (services, context) => new StoredTokenManager(create(services, context), context);
        return this;
    }
}
