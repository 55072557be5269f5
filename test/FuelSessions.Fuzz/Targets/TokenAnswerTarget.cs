using System.Net;
using System.Text;
using FuelSessions.Fuzz.Running;
using FuelSessions.Tokens;
using FuelSessions.Tokens.Endpoint;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// What an OAuth provider answers: a token, a refusal in a header or a body, or a user sent back with a code. An input: what it is (one byte), and
/// the text. What was asked with is in no error.
/// </summary>
internal sealed class TokenAnswerTarget : FuzzTarget
{
    private const string Client = "fuzz";
    private const string Secret = "p4ss w0rd";

    private static readonly DateTimeOffset Arrival = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    private readonly TokenSessionOptions _options = new() { Issuer = "https://provider.test" };
    private readonly AuthorizationRequest _request = new(new Uri("https://provider.test/authorize"), "state-0123456789", "verifier", "https://app.test/back");

    internal override string Name => "answers";

    // A document, its texts, the fields in a dictionary, and the same as errors.
    internal override int BytesPerByte => 256;

    internal override IEnumerable<string> Words =>
    [
        "access_token", "refresh_token", "expires_in", "refresh_token_expires_in", "token_type", "Bearer", "scope", "\"ref\":{\"type\":\"user\",\"id\":1}", "error", "error_description", "\"error\":{\"status\":",
        "{\"access_token\":\"a\"", "\u00ef\u00bb\u00bf", "state=state-0123456789", "code=", "iss=https%3A%2F%2Fprovider.test", "&", Secret, "p4ss\nw0rd", "Bearer error=\"", "\\\"", "\\ud800", "1e308",
    ];

    internal override IEnumerable<byte[]> Seeds => new[]
    {
        "\u0000{\"access_token\":\"abc\",\"refresh_token\":\"def\",\"expires_in\":3600,\"token_type\":\"bearer\",\"scope\":\"a b\",\"ref\":{\"type\":\"user\",\"id\":1},\"id_token\":\"x.y.z\",\"more\":[1,2]}",
        "\u0000{\"access_token\":\"abc\",\"expires_in\":\"60\",\"refresh_expires_in\":1e3}",
        "\u0000{\"error\":\"invalid_grant\",\"error_description\":\"p4ss w0rd is wrong\"}",
        "\u0000[{\"errorCode\":\"x\",\"message\":\"y\"}]",
        "\u0000{\"error\":{\"status\":\"X\",\"message\":\"m\"}}",
        "\u0001Bearer realm=\"x\", error=\"invalid_token\", error_description=\"it \\\"ended\\\"\"",
        "\u0001DPoP error=insufficient_scope\tscope=a",
        "\u0002https://app.test/back?code=123&state=state-0123456789&iss=https%3A%2F%2Fprovider.test",
        "\u0002/back?error=access_denied&error_description=no&state=state-0123456789&iss=https%3A%2F%2Fprovider.test",
    }.Select(Encoding.Latin1.GetBytes);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        ReadOnlyMemory<byte> body = input[1..];
        return (input.Span[0] % 3) switch
        {
            0 => Body(body),
            1 => Header(Encoding.Latin1.GetString(body.Span)),
            _ => Callback(Encoding.Latin1.GetString(body.Span)),
        };
    }

    private int Body(ReadOnlyMemory<byte> body)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
        Meter.Start();
        OAuthToken? token = TokenAnswer.Read(body, Arrival);
        string? type = token is null ? null : TokenAnswer.TypeOf(body);
        OAuthError error = OAuthErrors.Read(response, body, Secret);
        Meter.Stop();
        if (token is not null)
        {
            Promise.That(IsVisible(token.AccessToken) && token.AccessToken.Length > 0, "an access token can't go through a header");
            Promise.That(token.RefreshToken is null || IsVisible(token.RefreshToken), "a refresh token can't be sent");
            Promise.That(token.IssuedAt <= Arrival && !(token.ExpiresAt < token.IssuedAt), "a token has ended before it was issued");
            Promise.That(token.ToString().Length < 200 + (token.Scope?.Length ?? 0) + (token.Ref?.ToString().Length ?? 0), "a token's text holds more than it should");
        }

        Sound(error, Secret);
        return Outcome.Of(token is null, token?.RefreshToken is null, token?.ExpiresAt is null, token?.Ref is null, token?.Extra.Count > 0, type is null, error.Error is null, error.Description is null);
    }

    private int Header(string challenge)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
        Meter.Start();
        OAuthError error = OAuthErrors.Read(response, default, Secret);
        Meter.Stop();
        Sound(error, Secret);
        return Outcome.Of(1, error.Error is null, error.Description is null);
    }

    private int Callback(string address)
    {
        if (!Uri.TryCreate(address, UriKind.RelativeOrAbsolute, out Uri? uri))
        {
            return 2;
        }

        Meter.Start();
        try
        {
            string code = AuthorizationAnswer.CodeOf(Client, _options, _request, uri);
            Promise.That(code.Length > 0, "a code is empty");
            Promise.That(address.Contains("state", StringComparison.Ordinal) || address.Contains('%'), "an answer without a state counts");
            return 3;
        }
        catch (TokenRefusedException)
        {
            return 4;
        }
        catch (TokenRequestException error)
        {
            Sound(error.Error!, _request.State);
            return 5;
        }
        finally
        {
            Meter.Stop();
        }
    }

    private static void Sound(OAuthError error, string secret)
    {
        foreach (string? text in new[] { error.Error, error.Description })
        {
            Promise.That(text is null || (!text.Any(char.IsControl) && text.Length <= 200), "an error's text is not one line of some length");
            Promise.That(text?.Contains(secret, StringComparison.Ordinal) is not true, "an error repeats what was asked with");
        }
    }

    private static bool IsVisible(string text) => text.All(static character => character is >= ' ' and <= '~');
}
