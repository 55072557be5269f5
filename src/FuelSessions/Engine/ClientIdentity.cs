using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Who sent the request: compared by hashes that are keyed with the session, so that two records don't tell whether they
/// belong to one person.
/// </summary>
internal readonly struct ClientIdentity(string? userAgent, IPAddress? address)
{
    internal string? UserAgent { get; } = string.IsNullOrEmpty(userAgent) ? null : userAgent;

    internal ulong? UserAgentHash(SessionKey key) => UserAgent is null ? null : Hash(key, Encoding.UTF8.GetBytes(UserAgent));

    /// <summary>Without digits and dots, so that a browser update does not look like another browser.</summary>
    internal ulong? UserAgentFamilyHash(SessionKey key) =>
        UserAgent is null ? null : Hash(key, Encoding.UTF8.GetBytes(string.Concat(UserAgent.Where(c => c is not ('.' or (>= '0' and <= '9'))))));

    internal ulong? IpHash(SessionKey key) => address is null ? null : Hash(key, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes());

    internal bool Matches(SessionRecord record, SessionOptions options)
    {
        bool userAgentMatches = options.MatchUserAgent switch
        {
            UserAgentMatching.Exact => record.UserAgentHash == UserAgentHash(record.Key),
            UserAgentMatching.IgnoringVersions => record.UserAgentFamilyHash == UserAgentFamilyHash(record.Key),
            _ => true,
        };
        return userAgentMatches && (!options.MatchIp || record.IpHash == IpHash(record.Key));
    }

    private static ulong Hash(SessionKey key, byte[] value)
    {
        Span<byte> keyBytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(keyBytes);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keyBytes, value, mac);
        return BinaryPrimitives.ReadUInt64LittleEndian(mac);
    }
}
