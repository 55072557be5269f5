using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Asks the provider: for tokens (RFC 6749), and to revoke them (RFC 7009). Safe for use from many threads.</summary>
internal sealed class TokenEndpoint : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(1);
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly string _client;
    private readonly TokenSessionOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    // In ticks of UTC: the provider asked to be left alone until then.
    private long _restUntil;

    internal TokenEndpoint(string client, TokenSessionOptions options, TimeProvider clock)
    {
        (_client, _options, _clock) = (client, options, clock);

        // No cookies: one user's would go out with another's token. No redirects: they would carry secrets elsewhere.
        _http = options.Backchannel is { } handler
            ? new HttpMessageInvoker(handler, disposeHandler: false)
            : new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    }

    /// <summary>Asks for a token.</summary>
    /// <exception cref="TokenRefusedException">The provider said <c>invalid_grant</c>.</exception>
    /// <exception cref="TokenRequestException">There is no token for any other reason.</exception>
    internal async Task<OAuthToken> RequestAsync(string grant, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] form = [new("grant_type", grant), .. parameters];
        Answer answer = await PostAsync(_options.TokenEndpoint!, form, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccess && TokenAnswer.Read(answer.Body, _clock.GetUtcNow()) is { } token)
        {
            return token;
        }

        if (answer.Error.Error == "invalid_grant" && answer.Error.StatusCode < HttpStatusCode.InternalServerError && !IsTooBusy(answer.Error.StatusCode))
        {
            throw new TokenRefusedException($"The provider of client '{_client}' refused grant '{grant}' as no good any more ({Told(answer.Error)}). Sign in again.", answer.Error);
        }

        throw Failure($"did not issue a token for grant '{grant}'", answer);
    }

    /// <summary>Revokes a token, and with a refresh token what was issued with it.</summary>
    /// <exception cref="TokenRequestException">The provider did not agree.</exception>
    internal async Task RevokeAsync(Uri endpoint, string token, string hint, CancellationToken cancellationToken)
    {
        Answer answer = await PostAsync(endpoint, [new("token", token), new("token_type_hint", hint)], cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw Failure("did not revoke a token", answer);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> PostAsync(Uri endpoint, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        ThrowIfResting();
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
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
            throw new TokenRequestException($"The provider of client '{_client}' at {endpoint.GetLeftPart(UriPartial.Path)} did not answer within {_options.RequestTimeout.TotalSeconds:0.###} s (RequestTimeout).", inner: error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new TokenRequestException($"The provider of client '{_client}' at {endpoint.GetLeftPart(UriPartial.Path)} could not be reached: {error.Message}", inner: error);
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

    /// <summary>How long the answer asks to be left alone; from now on that is kept to.</summary>
    private TimeSpan? Rest(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode || response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        DateTimeOffset now = _clock.GetUtcNow();
        TimeSpan rest = header.Delta ?? (header.Date is { } date ? date - now : TimeSpan.Zero);
        if (rest <= TimeSpan.Zero)
        {
            return null;
        }

        // A mistake of the provider's must not lock the app out for years.
        rest = rest < LongestRest ? rest : LongestRest;
        Interlocked.Exchange(ref _restUntil, (now + rest).UtcTicks);
        return rest;
    }

    private void ThrowIfResting()
    {
        TimeSpan left = TimeSpan.FromTicks(Interlocked.Read(ref _restUntil) - _clock.GetUtcNow().UtcTicks);
        if (left > TimeSpan.Zero)
        {
            throw new TokenRequestException($"The provider of client '{_client}' asked to be left alone (Retry-After), and is not asked for another {left.TotalSeconds:0} s.", retryAfter: left);
        }
    }

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
