using System.Buffers;
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
internal readonly struct ClientIdentity(string? userAgent, IPAddress? address, RecentClients? recent = null)
{
    internal string? UserAgent { get; } = string.IsNullOrEmpty(userAgent) ? null : userAgent;

    internal ulong? UserAgentHash(SessionKey key) => UserAgent is null ? null : Hash(key, UserAgent);

    /// <summary>Without digits and dots, so that a browser update does not look like another browser.</summary>
    internal ulong? UserAgentFamilyHash(SessionKey key)
    {
        if (UserAgent is null)
        {
            return null;
        }

        if (recent is not null && recent.TryFind(key, UserAgent, out ulong known))
        {
            return known;
        }

        ulong hash = Hash(key, UserAgent, withoutVersions: true);
        recent?.Keep(key, UserAgent, hash);
        return hash;
    }

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

    private static ulong Hash(SessionKey key, string text, bool withoutVersions = false)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Span<byte> bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
        if (withoutVersions)
        {
            int kept = 0;
            foreach (byte value in bytes)
            {
                if (value is not ((byte)'.' or (>= (byte)'0' and <= (byte)'9')))
                {
                    bytes[kept++] = value;
                }
            }

            bytes = bytes[..kept];
        }

        ulong hash = Hash(key, bytes);
        ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    private static ulong Hash(SessionKey key, ReadOnlySpan<byte> value)
    {
        Span<byte> keyBytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(keyBytes);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keyBytes, value, mac);
        return BinaryPrimitives.ReadUInt64LittleEndian(mac);
    }
}
