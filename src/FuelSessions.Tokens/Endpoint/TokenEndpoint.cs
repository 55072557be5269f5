using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Asks the provider: for tokens (RFC 6749), and to revoke them (RFC 7009). Safe for use from many threads.</summary>
internal sealed class TokenEndpoint : IDisposable
{
    // Far beyond any answer, and an end to one without any.
    private const int LargestAnswer = 16 * 1024 * 1024;

    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(1);
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly string _client;
    private readonly TokenSessionOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    internal TokenEndpoint(string client, TokenSessionOptions options, TimeProvider clock)
    {
        (_client, _options, _clock) = (client, options, clock);

        // No cookies: one user's would go out with another's token. No redirects: they would carry secrets elsewhere.
        _http = options.Backchannel is { } handler
            ? new HttpMessageInvoker(handler, disposeHandler: false)
            : new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    }

    /// <summary>Asks for a token.</summary>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <exception cref="TokenRefusedException">The provider said that the grant is no good (IsGrantRefused).</exception>
    /// <exception cref="TokenRequestException">There is no token for any other reason.</exception>
    internal async Task<OAuthToken> RequestAsync(
        string grant, IEnumerable<KeyValuePair<string, string>> parameters, TimeSpan timeout, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] form = [new("grant_type", grant), .. parameters];
        Answer answer = await PostAsync(_options.TokenEndpoint!, form, timeout, cancellationToken).ConfigureAwait(false);

        // Some say what is wrong with status 200.
        if (answer.IsSuccess && string.IsNullOrEmpty(answer.Error.Error) && TokenAnswer.Read(answer.Body, _clock.GetUtcNow()) is { } token)
        {
            ThrowIfStrange(TokenAnswer.TypeOf(answer.Body));
            return token;
        }

        if (answer.Error.StatusCode < HttpStatusCode.InternalServerError && !IsTooBusy(answer.Error.StatusCode) && _options.IsGrantRefused(answer.Error))
        {
            throw new TokenRefusedException($"The provider of client '{_client}' refused grant '{grant}' as no good any more ({Told(answer.Error)}). Sign in again.", answer.Error) { Client = _client };
        }

        throw Failure($"did not issue a token for grant '{grant}'", answer);
    }

    /// <summary>Revokes a token, and with a refresh token what was issued with it.</summary>
    /// <exception cref="TokenRequestException">The provider did not agree.</exception>
    internal async Task RevokeAsync(Uri endpoint, string token, string hint, CancellationToken cancellationToken)
    {
        Answer answer = await PostAsync(endpoint, [new("token", token), new("token_type_hint", hint)], _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw Failure("did not revoke a token", answer);
        }
    }

    /// <summary>What those who wait are told of a request to the token endpoint that takes longer than they wait.</summary>
    internal TokenRequestException NoAnswer(TimeSpan after, Exception? inner = null) => new(
        $"The provider of client '{_client}' at {_options.TokenEndpoint!.GetLeftPart(UriPartial.Authority)} did not answer within {after.TotalSeconds:0.###} s (RequestTimeout). What is stored was kept.",
        inner: inner);

    public void Dispose() => _http.Dispose();

    private async Task<Answer> PostAsync(Uri endpoint, KeyValuePair<string, string>[] form, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using HttpRequestMessage request = Request(endpoint, form);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            using Stream stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            (byte[] body, bool isAll) = await BoundedBody.ReadAsync(stream, LargestAnswer, either.Token).ConfigureAwait(false);
            string[] secrets = [.. form.Where(field => !IsPublic(field.Key)).Select(field => field.Value), _options.ClientSecret ?? ""];
            return new Answer(response.IsSuccessStatusCode && isAll, body, OAuthErrors.Read(response, body, secrets), Rest(response));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer(timeout, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new TokenRequestException($"The provider of client '{_client}' at {endpoint.GetLeftPart(UriPartial.Path)} could not be reached: {error.Message}", inner: error)
            {
                IsUnsent = (error as HttpRequestException)?.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
            };
        }
    }

    private HttpRequestMessage Request(Uri endpoint, KeyValuePair<string, string>[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Accept.Add(Json);
        if (_options.ClientAuthentication == ClientAuthentication.Basic)
        {
            // Each part is form-encoded first (RFC 6749, section 2.3.1), so that a colon in the name does not end it.
            string credentials = $"{Encoded(_options.ClientId)}:{Encoded(_options.ClientSecret ?? "")}";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)));
        }
        else
        {
            form = [.. form, new("client_id", _options.ClientId)];
            form = _options.ClientSecret is { } secret ? [.. form, new("client_secret", secret)] : form;
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static bool IsPublic(string field) =>
        field is "grant_type" or "token_type_hint" or "redirect_uri" or "scope" or "username" or "app_id" or "client_id";

    private static bool IsTooBusy(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)420;

    /// <summary>How long the answer asks to be left alone.</summary>
    private TimeSpan? Rest(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode || response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        TimeSpan rest = header.Delta ?? (header.Date is { } date ? date - _clock.GetUtcNow() : TimeSpan.Zero);

        // A mistake of the provider's must not lock a user out for years.
        return rest <= TimeSpan.Zero ? null : rest < LongestRest ? rest : LongestRest;
    }

    // What is sent as a bearer token must be one (RFC 6749, section 7.1).
    private void ThrowIfStrange(string? type)
    {
        if (type is not null && !_options.TokenTypes.Contains(type))
        {
            string known = string.Join(", ", _options.TokenTypes);
            throw new TokenRequestException(
                $"The provider of client '{_client}' issued a token of type '{Shown(type)}', which can't be sent as a {known} token. If the API takes it as one, add the type to "
                + "TokenTypes; else have the provider issue bearer tokens to this client. What is stored was kept.",
                new OAuthError(HttpStatusCode.OK, "unsupported_token_type", null));
        }
    }

    private static string Shown(string type) => new([.. type.Take(32).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')]);

    private TokenRequestException Failure(string what, Answer answer)
    {
        string after = answer.RetryAfter is { } rest ? $" It asks to be left alone for {rest.TotalSeconds:0} s." : "";
        string fix = answer.Error.Error is "invalid_client" or "unauthorized_client" ? " Check ClientId, ClientSecret and ClientAuthentication." : "";
        return new TokenRequestException($"The provider of client '{_client}' {what}: {Told(answer.Error)}.{after}{fix} What is stored was kept.", answer.Error, answer.RetryAfter);
    }

    private static string Told(OAuthError error) => error switch
    {
        { Error: null } when (int)error.StatusCode is >= 200 and < 300 => $"status {(int)error.StatusCode}, with an answer that can't be made out",
        { Error: null } => $"status {(int)error.StatusCode}",
        { Description: null } => $"status {(int)error.StatusCode}, {error.Error}",
        _ => $"status {(int)error.StatusCode}, {error.Error}: {error.Description}",
    };

    private sealed record Answer(bool IsSuccess, byte[] Body, OAuthError Error, TimeSpan? RetryAfter);
}
