using System.Diagnostics.CodeAnalysis;
using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Renewal;
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

    /// <summary>Where users agree, for <c>TokenSession.BeginAuthorization</c> and <c>app.MapTokenSignIn</c>.</summary>
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

    /// <summary>How long a refresh token lives where the provider does not say. Default null: for ever; above 0, up to 100 years.</summary>
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
    /// How soon after a renewal a 401 of the API may cause the next one: an API that refuses every token costs no refresh a call. Default
    /// 30 seconds; 0 to 1 hour.
    /// </summary>
    public TimeSpan RenewAgainAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Types of token that are sent as they are (<c>token_type</c>, RFC 6749, section 7.1), in any case. Default <c>Bearer</c>. Others are refused.</summary>
    public ISet<string> TokenTypes { get; } = new HashSet<string>(["Bearer"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What each renewal asks for beside the refresh token, such as <c>resource</c> (RFC 8707), <c>audience</c> or <c>scope</c>. Default:
    /// nothing. What a sign-in asks for is said where it is made.
    /// </summary>
    public IDictionary<string, string> RefreshParameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// What the address of the provider's page where users agree has in it beside what OAuth and PKCE demand, such as <c>access_type=offline</c>
    /// and <c>prompt=consent</c> for Google. Default: nothing.
    /// </summary>
    public IDictionary<string, string> AuthorizationParameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Who the provider says that it is in its answers to sign-ins (<c>iss</c>, RFC 9207), compared to the letter. Default null: not
    /// compared. Set it only where the provider sends it: an answer without it is refused then.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// Sends requests without a token where there is none, or none any more, and returns a 401 whose renewal is refused. Default false: such a request throws
    /// <see cref="TokenRefusedException"/>, as <c>TokenSession.GetAccessTokenAsync</c> does.
    /// </summary>
    public bool SendWithoutToken { get; set; }

    /// <summary>
    /// Whether the provider's answer means that the grant is no good any more, so that what is stored is deleted and signing in again is what
    /// helps. Asked for answers below 500 other than 408, 420 and 429. Default: the error is <c>invalid_grant</c> (RFC 6749, section 5.2).
    /// </summary>
    public Func<OAuthError, bool> IsGrantRefused { get; set; } = static error => error.Error == "invalid_grant";

    /// <summary>
    /// Whether a 401 of the API means that the access token has expired, so that renewing it helps. Default: the error is
    /// <c>invalid_token</c> (RFC 6750) or <c>UNAUTHENTICATED</c> (Google), or something in error or description is said to have expired.
    /// </summary>
    public Func<OAuthError, bool> IsTokenExpired { get; set; } = SaysExpired;

    /// <summary>
    /// On whose behalf a request is made that does not say so itself (<c>request.SetTokenOwner</c>). Default null: the app's own. Must
    /// tell users apart where each has tokens of their own. It is asked for each call, with the services of the HTTP request that the caller
    /// serves. Where there is none, as in background work, the owner must be named, or the call is an <see cref="InvalidOperationException"/>.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, ValueTask<string>>? Owner { get; set; }

    /// <summary>What protects stored tokens. Default: the app's; without services, the file manager has keys beside its tokens.</summary>
    public IDataProtectionProvider? DataProtection { get; set; }

    /// <summary>What sends the requests to the provider. Default: one of the client's own. It is not disposed of.</summary>
    public HttpMessageHandler? Backchannel { get; set; }

    /// <summary>The clock. Default: the app's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>The driver of the session that keeps the tokens; null: the default one, or no session does.</summary>
    internal string? SessionDriver { get; set; }

    internal SignInOnDemand? OnDemand { get; private set; }

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

    /// <summary>
    /// Gets tokens by client credentials (RFC 6749, section 4.4), when one is needed: once for all callers and processes, and again ahead of
    /// its end. Nobody has to sign in.
    /// </summary>
    /// <param name="scope">What the token is to permit, names separated by spaces; null: as the provider has it.</param>
    /// <param name="parameters">What else is asked for, such as <c>resource</c> or <c>audience</c>.</param>
    /// <returns>The same options.</returns>
    public TokenSessionOptions WithClientCredentials(string? scope = null, IReadOnlyDictionary<string, string>? parameters = null)
    {
        IEnumerable<KeyValuePair<string, string>> wanted = parameters ?? new Dictionary<string, string>();
        OnDemand = new SignInOnDemand(
            new AuthIdentity("client_credentials"), "client_credentials", scope is null ? [.. wanted] : [.. wanted, new("scope", scope)]);
        return this;
    }

    /// <summary>The same as an app, with the app's own token, as Podio has it (grant <c>app</c>).</summary>
    /// <param name="appId">The app.</param>
    /// <param name="appToken">Its token, which is not stored.</param>
    /// <returns>The same options.</returns>
    public TokenSessionOptions WithApp(string appId, string appToken)
    {
        ArgumentNullException.ThrowIfNull(appToken);
        OnDemand = new SignInOnDemand(AuthIdentity.App(appId), "app", [new("app_id", appId), new("app_token", appToken)]);
        return this;
    }

    internal static bool SaysExpired(OAuthError error) =>
        error.Error is "invalid_token" or "UNAUTHENTICATED" || Says(error.Error) || Says(error.Description);

    private static bool Says(string? text) => text?.Contains("expired", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>One of this project's: a store under encryption.</summary>
    internal TokenSessionOptions UseStore(Func<IServiceProvider, TokenStoreContext, ITokenStore> create)
    {
        CreateManager = (services, context) => new StoredTokenManager(create(services, context), context);
        return this;
    }
}
