using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Checked when the app starts, or a session is made without one.</summary>
internal sealed class TokenSessionOptionsRules : IValidateOptions<TokenSessionOptions>
{
    private const string SchemeCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // A hundred years. No date can hold what comes of TimeSpan.MaxValue.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(36_525);

    public ValidateOptionsResult Validate(string? name, TokenSessionOptions options)
    {
        List<string> errors = [];
        Require(!string.IsNullOrWhiteSpace(options.ClientId), "ClientId is missing: set it to the identifier that the provider gave this client.");
        Require(options.TokenEndpoint is not null, "TokenEndpoint is missing: set it to the provider's address for tokens, or use a preset such as UsePodio.");
        CheckAddress(nameof(options.TokenEndpoint), options.TokenEndpoint);
        CheckAddress(nameof(options.AuthorizationEndpoint), options.AuthorizationEndpoint);
        CheckAddress(nameof(options.RevocationEndpoint), options.RevocationEndpoint);
        Require(options.CreateManager is not null, "no token manager was chosen: call UseMemory, UseFile, UseWebSession, UseRedis, UseDb or UseManager.");
        Require(Enum.IsDefined(options.ClientAuthentication), $"ClientAuthentication is {options.ClientAuthentication}; allowed are Form and Basic.");
        Require(
            options.ClientAuthentication != ClientAuthentication.Basic || options.ClientSecret is not null,
            "ClientAuthentication is Basic, which needs a ClientSecret. A public client, which has none, identifies itself in the form.");
        Require(
            !string.IsNullOrEmpty(options.Scheme) && !options.Scheme.AsSpan().ContainsAnyExcept(SchemeCharacters),
            $"Scheme is '{options.Scheme}'; allowed is one word, such as Bearer or OAuth2.");
        Require(options.IsTokenExpired is not null, "IsTokenExpired is null; leave it as it is, or set it to _ => false to have no 401 retried.");
        Require(options.IsGrantRefused is not null, "IsGrantRefused is null; leave it as it is, or set it to what the provider's answers mean.");
        Require(options.TokenTypes.Count > 0, "TokenTypes is empty, so that every token would be refused; leave Bearer in it.");
        Require(options.Issuer is not "", "Issuer is empty; set it to what the provider sends as iss, or to null.");
        Require(
            options.OnDemand?.Grant != "client_credentials" || options.ClientSecret is not null || options.Backchannel is not null,
            "WithClientCredentials needs a ClientSecret: a public client has no credentials (RFC 6749, section 4.4). If Backchannel sends a certificate or an assertion, that will do.");
        foreach (string parameter in options.RefreshParameters.Keys.Where(name => name is "grant_type" or "refresh_token" or "client_id" or "client_secret"))
        {
            errors.Add($"RefreshParameters has '{parameter}', which the client sets itself: remove it.");
        }

        foreach (string parameter in options.AuthorizationParameters.Keys.Where(
            name => name is "response_type" or "client_id" or "redirect_uri" or "scope" or "state" or "code_challenge" or "code_challenge_method"))
        {
            errors.Add($"AuthorizationParameters has '{parameter}', which the client sets itself: remove it.");
        }

        CheckTime(nameof(options.RenewAgainAfter), options.RenewAgainAfter, TimeSpan.Zero, TimeSpan.FromHours(1));
        CheckTime(nameof(options.RenewBefore), options.RenewBefore, TimeSpan.Zero, TimeSpan.FromHours(1));
        CheckTime(nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        CheckTime(nameof(options.LockLifetime), options.LockLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Require(
            options.LockLifetime > options.RequestTimeout,
            $"LockLifetime is {options.LockLifetime:g} and RequestTimeout {options.RequestTimeout:g}; the lock must outlive a request to the provider.");
        Require(
            options.RefreshTokenLifetime is not { } life || (life > TimeSpan.Zero && life <= LongestLife),
            $"RefreshTokenLifetime is {options.RefreshTokenLifetime:g}; allowed are null, which is for ever, and any time above 0 up to {LongestLife:g}.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(error => $"Token client '{name}': {error}"));

        void Require(bool isRight, string error)
        {
            if (!isRight)
            {
                errors.Add(error);
            }
        }

        void CheckAddress(string setting, Uri? address) => Require(
            address is null || (address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))),
            $"{setting} is {address}; secrets go there, so it must be https, or http on a loopback address.");

        void CheckTime(string setting, TimeSpan value, TimeSpan least, TimeSpan most) =>
            Require(value >= least && value <= most, $"{setting} is {value:g}; allowed are {least:g} to {most:g}.");
    }

    /// <exception cref="OptionsValidationException">They are not in order.</exception>
    internal static void ThrowIfBroken(string name, TokenSessionOptions options)
    {
        ValidateOptionsResult result = new TokenSessionOptionsRules().Validate(name, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(name, typeof(TokenSessionOptions), result.Failures);
        }
    }
}
