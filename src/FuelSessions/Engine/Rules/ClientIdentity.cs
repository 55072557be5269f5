using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Who sent the request. Only what the settings compare is recorded, as hashes under a key that follows from what the session's own
/// client holds: who reads the store can try no address, as all of IPv4 would take minutes. Of 32 bits: another client looks the
/// same once in four billion times, and a longer hash would cost each record as much again.
/// </summary>
internal readonly struct ClientIdentity(string? userAgent, IPAddress? address)
{
    private const int MostOnStack = 512;
    private const int MostRemembered = 256;

    // With a secret, of which thousands are known at a time: browsers send no longer ones.
    private const int MostKept = 512;

    /// <summary>Whether it has proved to be on the device that the session is bound to [B4].</summary>
    internal bool IsOnDevice { get; init; }

    internal string? UserAgent { get; } = string.IsNullOrEmpty(userAgent) ? null : userAgent;

    /// <summary>What it calls itself, as it may be remembered: no more of it than anybody reads.</summary>
    internal string? ToldName => UserAgent is { } name ? WithoutHalf(name.Length <= MostRemembered ? name : name[..MostRemembered]) : null;

    /// <summary>The network that it is in, as it may be remembered: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one.</summary>
    internal string? Network
    {
        get
        {
            if (address is null)
            {
                return null;
            }

            IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            byte[] bytes = plain.GetAddressBytes();
            int kept = bytes.Length == 4 ? 3 : 6;
            bytes.AsSpan(kept).Clear();
            return $"{new IPAddress(bytes)}/{8 * kept}";
        }
    }

    /// <summary>
    /// What the hashes of a record are keyed with, as far as a request knows it: the secret of the session's tokens if it has one, as that outlives
    /// rotations and who comes with a token has no other; the current id's otherwise.
    /// </summary>
    internal static SessionSecret? KeyOf(StoredTokenSecret? stored, SessionSecret? tokens, SessionSecret? current) =>
        stored is null ? current : tokens ?? current?.OpenTokenSecret(stored);

    /// <summary>Null if the settings don't compare it.</summary>
    internal ulong? UserAgentHash(SessionSecret key, FuelSessionsOptions options) =>
        options.MatchUserAgent == UserAgentMatching.Exact ? Hash(key, UserAgent ?? "", withVersions: true) : null;

    /// <summary>Of the browser's family only. Null if the settings don't compare it.</summary>
    internal ulong? UserAgentFamilyHash(SessionSecret key, FuelSessionsOptions options) =>
        options.MatchUserAgent == UserAgentMatching.IgnoringVersions ? Hash(key, UserAgent ?? "", withVersions: false) : null;

    /// <summary>Null if the settings don't compare it.</summary>
    internal ulong? IpHash(SessionSecret key, FuelSessionsOptions options) => options.MatchIp ? AddressHash(key.DerivedKey()) : null;

    /// <summary>What the app may be shown; null without an address. Stored nowhere.</summary>
    internal ulong? IpHash(SessionKey key)
    {
        Span<byte> bytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(bytes);
        return address is null ? null : AddressHash(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Whether it is who the record says, as far as it says, and the settings ask.</summary>
    /// <param name="tokens">The secret that the request came with; null for an id.</param>
    internal bool Matches(SessionRecord record, SessionSecret? current, SessionSecret? tokens, FuelSessionsOptions options)
    {
        // Of a session that began before the settings asked, nothing is recorded yet.
        ulong? userAgent = options.MatchUserAgent == UserAgentMatching.Exact ? record.UserAgentHash : null;
        ulong? family = options.MatchUserAgent == UserAgentMatching.IgnoringVersions ? record.UserAgentFamilyHash : null;
        ulong? ip = options.MatchIp ? record.IpHash : null;
        return (userAgent is null && family is null && ip is null)
            || (KeyOf(record.TokenSecret, tokens, current) is { } key
                && (userAgent is null || userAgent == UserAgentHash(key, options))
                && (family is null || family == UserAgentFamilyHash(key, options))
                && (ip is null || ip == IpHash(key, options)));
    }

    /// <summary>Whether a record says less than the settings ask.</summary>
    internal static bool IsMissingIn(SessionRecord record, FuelSessionsOptions options) =>
        (options.MatchUserAgent == UserAgentMatching.Exact && record.UserAgentHash is null)
        || (options.MatchUserAgent == UserAgentMatching.IgnoringVersions && record.UserAgentFamilyHash is null)
        || (options.MatchIp && record.IpHash is null);

    // A header may hold half a character, or be cut in the middle of one.
    private static string WithoutHalf(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private uint AddressHash(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        int size = 0;
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.TryWriteBytes(bytes, out size);
        return Hash(key, bytes[..size]);
    }

    private static uint Hash(SessionSecret key, string userAgent, bool withVersions)
    {
        if (key.LastHashed is { } last && last.IsWhole == withVersions && string.Equals(last.Text, userAgent, StringComparison.Ordinal))
        {
            return last.Hash;
        }

        // As UTF-16: one browser's text is the same text each time.
        uint hash = withVersions ? Hash(key.DerivedKey(), MemoryMarshal.AsBytes(userAgent.AsSpan())) : FamilyHash(key, userAgent);
        if (userAgent.Length <= MostKept)
        {
            key.LastHashed = new KeyedHash(userAgent, withVersions, hash);
        }

        return hash;
    }

    private static uint FamilyHash(SessionSecret key, string userAgent)
    {
        Span<char> family = userAgent.Length < MostOnStack ? stackalloc char[MostOnStack] : new char[userAgent.Length + 1];
        return Hash(key.DerivedKey(), MemoryMarshal.AsBytes(family[..BrowserFamily.Write(userAgent, family)]));
    }

    private static uint Hash(UInt128 key, ReadOnlySpan<byte> value)
    {
        Span<byte> keyBytes = stackalloc byte[SipHash.KeySize];
        BinaryPrimitives.WriteUInt128BigEndian(keyBytes, key);
        return (uint)SipHash.Compute(keyBytes, value);
    }
}
