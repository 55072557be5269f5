using System.Globalization;
using FuelSessions.Tokens.Stores;
using StackExchange.Redis;

namespace FuelSessions.Tokens.Redis;

/// <summary>A stored token as the fields of a hash; a field that the token has no value for is not there. Times are Unix seconds.</summary>
internal static class TokenHash
{
    private const string Version = "version";
    private const string AccessToken = "access_token";
    private const string RefreshToken = "refresh_token";
    private const string IssuedAt = "issued_at";
    private const string ExpiresAt = "expires_at";
    private const string RefreshExpiresAt = "refresh_expires_at";
    private const string Scope = "scope";
    private const string RefType = "ref_type";
    private const string RefId = "ref_id";
    private const string Extra = "extra";

    /// <summary>Fields and values by turns.</summary>
    internal static IEnumerable<RedisValue> Encode(StoredToken token)
    {
        (string Field, RedisValue Value)[] fields =
        [
            (Version, token.Version),
            (AccessToken, token.AccessToken),
            (RefreshToken, token.RefreshToken),
            (IssuedAt, token.IssuedAt?.ToUnixTimeSeconds()),
            (ExpiresAt, token.ExpiresAt?.ToUnixTimeSeconds()),
            (RefreshExpiresAt, token.RefreshTokenExpiresAt?.ToUnixTimeSeconds()),
            (Scope, token.Scope),
            (RefType, token.Ref?.Type),
            (RefId, token.Ref?.Id),
            (Extra, token.Extra),
        ];
        return fields.Where(field => !field.Value.IsNull).SelectMany(field => new[] { (RedisValue)field.Field, field.Value });
    }

    /// <exception cref="StoredTokenFormatException">The fields are not those of a token.</exception>
    internal static StoredToken? Decode(HashEntry[] entries)
    {
        if (entries.Length == 0)
        {
            return null;
        }

        Dictionary<string, string> fields = entries.ToDictionary(entry => entry.Name.ToString(), entry => entry.Value.ToString());
        long version = Number(fields, Version, 1, long.MaxValue, 0) ?? throw new StoredTokenFormatException("The stored hash has no version.");
        return new StoredToken(
            version,
            fields.GetValueOrDefault(AccessToken),
            fields.GetValueOrDefault(RefreshToken),
            Time(fields, IssuedAt, version),
            Time(fields, ExpiresAt, version),
            Time(fields, RefreshExpiresAt, version),
            fields.GetValueOrDefault(Scope),
            fields.TryGetValue(RefType, out string? type) && fields.TryGetValue(RefId, out string? id) ? new OAuthTokenRef(type, id) : null,
            fields.GetValueOrDefault(Extra));
    }

    private static DateTimeOffset? Time(Dictionary<string, string> fields, string name, long version) =>
        Number(fields, name, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds(), version) is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static long? Number(Dictionary<string, string> fields, string name, long least, long most, long version) =>
        !fields.TryGetValue(name, out string? text) ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most ? number
        : throw new StoredTokenFormatException($"The field '{name}' of the stored hash is not what was stored.", version: version);
}
