using System.Net;
using System.Runtime.InteropServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Who sent the request: compared by hashes that are keyed with the session, so that two records don't tell whether they
/// belong to one person. Of 32 bits: another client looks the same once in four billion times, and a longer hash would cost
/// each record 12 bytes.
/// </summary>
internal readonly struct ClientIdentity(string? userAgent, IPAddress? address)
{
    private const int MostOnStack = 512;

    internal string? UserAgent { get; } = string.IsNullOrEmpty(userAgent) ? null : userAgent;

    internal ulong? UserAgentHash(SessionKey key) => UserAgent is null ? null : Hash(key, UserAgent, withVersions: true);

    /// <summary>Without digits and dots, so that a browser update does not look like another browser.</summary>
    internal ulong? UserAgentFamilyHash(SessionKey key) => UserAgent is null ? null : Hash(key, UserAgent, withVersions: false);

    internal ulong? IpHash(SessionKey key)
    {
        if (address is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out int size);
        return Hash(key, bytes[..size]);
    }

    internal bool Matches(SessionRecord record, FuelSessionsOptions options)
    {
        bool userAgentMatches = options.MatchUserAgent switch
        {
            UserAgentMatching.Exact => record.UserAgentHash == UserAgentHash(record.Key),
            UserAgentMatching.IgnoringVersions => record.UserAgentFamilyHash == UserAgentFamilyHash(record.Key),
            _ => true,
        };
        return userAgentMatches && (!options.MatchIp || record.IpHash == IpHash(record.Key));
    }

    private static uint Hash(SessionKey key, string userAgent, bool withVersions)
    {
        // As UTF-16: one browser's text is the same text each time.
        Span<char> text = userAgent.Length <= MostOnStack ? stackalloc char[userAgent.Length] : new char[userAgent.Length];
        int size = 0;
        foreach (char c in userAgent)
        {
            if (withVersions || c is not ('.' or (>= '0' and <= '9')))
            {
                text[size++] = c;
            }
        }

        return Hash(key, MemoryMarshal.AsBytes(text[..size]));
    }

    private static uint Hash(SessionKey key, ReadOnlySpan<byte> value)
    {
        Span<byte> keyBytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(keyBytes);
        return (uint)SipHash.Compute(keyBytes, value);
    }
}
