using System.Globalization;
using System.Text.Json;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Reads a provider's successful answer (RFC 6749, section 5.1).</summary>
internal static class TokenAnswer
{
    // More than this is as good as for ever, and no date can hold it.
    private const double LongestSeconds = 100 * 365.25 * 24 * 3600;

    /// <summary>The token of an answer that arrived at <paramref name="arrival"/>; null if there is none in it.</summary>
    internal static OAuthToken? Read(ReadOnlyMemory<byte> body, DateTimeOffset arrival)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Read(json.RootElement, Times.InSeconds(arrival)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static OAuthToken? Read(JsonElement answer, DateTimeOffset arrival) => Secret(answer, "access_token") is not { } access ? null : new OAuthToken
    {
        AccessToken = access,
        RefreshToken = Secret(answer, "refresh_token"),
        IssuedAt = arrival,
        ExpiresAt = End(answer, "expires_in", arrival),
        RefreshTokenExpiresAt = End(answer, "refresh_token_expires_in", arrival) ?? End(answer, "refresh_expires_in", arrival),
        Scope = Text(answer, "scope"),
        Ref = answer.TryGetProperty("ref", out JsonElement about) && about.ValueKind == JsonValueKind.Object
            && Text(about, "type") is { } type && Text(about, "id") is { } id ? new OAuthTokenRef(type, id) : null,
    };

    // Visible ASCII (RFC 6749, appendix A): anything else would not go through a header.
    private static string? Secret(JsonElement answer, string name) =>
        Text(answer, name) is { Length: > 0 } text && text.All(character => character is >= ' ' and <= '~') ? text : null;

    private static string? Text(JsonElement answer, string name) => !answer.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    // Some providers write numbers as text.
    private static DateTimeOffset? End(JsonElement answer, string name, DateTimeOffset arrival) =>
        double.TryParse(Text(answer, name), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= LongestSeconds
            ? Times.InSeconds(arrival.AddSeconds(seconds))
            : null;
}
