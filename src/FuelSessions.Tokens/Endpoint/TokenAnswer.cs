using System.Globalization;
using System.Text.Json;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Reads a provider's successful answer (RFC 6749, section 5.1).</summary>
internal static class TokenAnswer
{
    // More than this is as good as for ever, and no date can hold it.
    private const double LongestSeconds = 100 * 365.25 * 24 * 3600;

    // A store must be able to keep it; no field that was ever seen comes near.
    private const int LongestExtra = 32 * 1024;

    /// <summary>The token of an answer that arrived at <paramref name="arrival"/>; null if there is none in it.</summary>
    internal static OAuthToken? Read(ReadOnlyMemory<byte> body, DateTimeOffset arrival)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Utf8Text.WithoutMark(body));
            return Read(new AnswerFields(json.RootElement), Times.InSeconds(arrival));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static OAuthToken? Read(AnswerFields answer, DateTimeOffset arrival) => Secret(answer, "access_token") is not { } access ? null : new OAuthToken
    {
        AccessToken = access,
        RefreshToken = Secret(answer, "refresh_token"),
        IssuedAt = arrival,
        ExpiresAt = End(answer, "expires_in", arrival),
        RefreshTokenExpiresAt = End(answer, "refresh_token_expires_in", arrival) ?? End(answer, "refresh_expires_in", arrival),
        Scope = Scopes(answer),
        Ref = answer.In("ref") is var about && about.TextOrNumber("type") is { } type && about.TextOrNumber("id") is { } id ? new OAuthTokenRef(type, id) : null,
        Extra = Extra(answer),
    };

    /// <summary>The type of the token in an answer (RFC 6749, section 7.1); null if it does not say.</summary>
    internal static string? TypeOf(ReadOnlyMemory<byte> body)
    {
        using JsonDocument json = JsonDocument.Parse(Utf8Text.WithoutMark(body));
        return new AnswerFields(json.RootElement).TextOrNumber("token_type");
    }

    private static Dictionary<string, string> Extra(AnswerFields answer)
    {
        var extra = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in answer.All)
        {
            if (!IsKnown(name) && AnswerFields.Shown(value) is { Length: <= LongestExtra } shown)
            {
                extra[name] = shown;
            }
        }

        return extra;
    }

    private static bool IsKnown(string field) =>
        field is "access_token" or "refresh_token" or "token_type" or "expires_in" or "refresh_token_expires_in" or "refresh_expires_in" or "scope" or "ref";

    // Some providers write the names as a list.
    private static string? Scopes(AnswerFields answer) =>
        answer.TextOrNumber("scope") ?? (answer.Texts("scope") is { Length: > 0 } names ? string.Join(' ', names) : null);

    // Visible ASCII (RFC 6749, appendix A): anything else would not go through a header.
    private static string? Secret(AnswerFields answer, string name) =>
        answer.TextOrNumber(name) is { Length: > 0 } text && text.All(character => character is >= ' ' and <= '~') ? text : null;

    // Some providers write numbers as text, and 0 for a token that does not end: none is issued that has ended.
    private static DateTimeOffset? End(AnswerFields answer, string name, DateTimeOffset arrival) =>
        double.TryParse(answer.TextOrNumber(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= LongestSeconds
            ? Times.InSeconds(arrival.AddSeconds(seconds))
            : null;
}
