using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FuelSessions;

/// <summary>Whom an address counts as: an IPv4 address alone, of IPv6 the first 64 bits, all of which one customer gets (RFC 6177).</summary>
internal readonly record struct ClientNetwork(bool IsIPv6, ulong Prefix)
{
    internal static ClientNetwork Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
