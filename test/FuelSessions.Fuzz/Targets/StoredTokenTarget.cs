using System.Security.Cryptography;
using System.Text;
using FuelSessions.Fuzz.Running;
using FuelSessions.Tokens;
using FuelSessions.Tokens.Redis;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// Stored OAuth tokens: as JSON in a file or a session, as a hash in Redis, and their secrets' protected texts. An input: in which form (one byte),
/// and the bytes; of a hash a line for each field, with '=' behind its name.
/// </summary>
internal sealed class StoredTokenTarget : FuzzTarget
{
    private static readonly TokenKey Key = new("fuzz", "ann", new AuthIdentity("password", "ann"));

    private readonly TokenProtector _protector = new(new EphemeralDataProtectionProvider(), "fuzz");

    internal override string Name => "stored-tokens";

    internal override int BytesPerByte => 64;

    internal override int FixedBytes => 32 * 1024;

    internal override IEnumerable<string> Words =>
        ["version", "access_token", "refresh_token", "issued_at", "expires_at", "refresh_token_expires_at", "refresh_expires_at", "scope", "ref", "ref_type", "ref_id", "extra", "\"2026-01-01T00:00:00+00:00\"", "=", "\n", "\\ud800"];

    internal override IEnumerable<byte[]> Seeds => new[]
    {
        "\u0000{\"version\":1,\"access_token\":\"a\",\"refresh_token\":\"b\",\"issued_at\":\"2026-01-01T00:00:00+00:00\",\"expires_at\":\"2026-01-01T01:00:00+00:00\",\"scope\":\"s\",\"ref\":{\"type\":\"user\",\"id\":\"1\"},\"extra\":\"e\"}",
        "\u0000{\"version\":-1}", "\u0001version=5\naccess_token=a\nissued_at=1700000000\nref_type=user\nref_id=1", "\u0001version=x", "\u0001scope=s", "\u0002{\"id_token\":\"x\"}", "\u0002{\"a\":null}", "\u0003CfDJ8abc", "\u0003",
    }.Select(Encoding.Latin1.GetBytes);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        byte[] bytes = input[1..].ToArray();
        Meter.Start();
        try
        {
            switch (input.Span[0] % 4)
            {
                case 0:
                    long version = StoredTokenJson.VersionOf(bytes);
                    StoredToken token = StoredTokenJson.Decode(bytes);
                    Meter.Stop();
                    Promise.That(version == token.Version && version > 0, "a token's version is another one than that of its bytes");
                    Promise.That(StoredTokenJson.Decode(StoredTokenJson.Encode(token)) == token, "a stored token is another one once it was stored again");
                    Meter.Start();
                    return Outcome.Of(1, token.AccessToken is null, token.RefreshToken is null, token.ExpiresAt is null, token.Ref is null);
                case 1:
                    HashEntry[] entries = Entries(Encoding.UTF8.GetString(bytes));
                    if (TokenHash.Decode(entries) is not { } hashed)
                    {
                        return 3;
                    }

                    Meter.Stop();
                    Promise.That(TokenHash.Decode([.. TokenHash.Encode(hashed).Chunk(2).Select(static pair => new HashEntry(pair[0], pair[1]))]) == hashed, "a hashed token is another one once it was stored again");
                    Meter.Start();
                    return Outcome.Of(2, hashed.AccessToken is null, hashed.RefreshToken is null, hashed.ExpiresAt is null, hashed.Ref is null);
                case 2:
                    return StoredTokenJson.DecodeExtra(Encoding.UTF8.GetString(bytes), 1).Count == 0 ? 5 : 6;
                default:
                    _protector.Unprotect(Encoding.Latin1.GetString(bytes), Key, "access_token");
                    throw new BrokenPromiseException("a text that nobody has protected is taken");
            }
        }
        catch (StoredTokenFormatException)
        {
            return 7 + (input.Span[0] % 4);
        }
        catch (CryptographicException)
        {
            return 12;
        }
        finally
        {
            Meter.Stop();
        }
    }

    // A hash has each field once.
    private static HashEntry[] Entries(string text) =>
        [.. text.Split('\n').Where(static line => line.Contains('=')).Select(static line => line.Split('=', 2)).DistinctBy(static pair => pair[0]).Select(static pair => new HashEntry(pair[0], pair[1]))];
}
