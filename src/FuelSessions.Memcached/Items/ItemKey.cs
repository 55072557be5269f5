using System.Buffers.Binary;
using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Memcached.Items;

/// <summary>The name of an item: the app's prefix and the session's key, or, without one, the app's clock.</summary>
internal readonly struct ItemKey(byte[] prefix, SessionKey? session = null)
{
    private const int SessionLength = 2 * SessionKey.Size;

    private static ReadOnlySpan<byte> Clock => "clock"u8;

    internal int Length => prefix.Length + (session is null ? Clock.Length : SessionLength);

    internal void WriteTo(Span<byte> destination)
    {
        prefix.CopyTo(destination);
        Span<byte> rest = destination[prefix.Length..];
        if (session is not { } key)
        {
            Clock.CopyTo(rest);
            return;
        }

        Span<byte> bytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(bytes);
        Convert.TryToHexStringLower(bytes, rest, out _);
    }

    /// <summary>Where on the ring it belongs: the first four bytes of the key's MD5, the least significant first, as in libmemcached.</summary>
    internal uint Hash()
    {
        Span<byte> key = stackalloc byte[Length];
        WriteTo(key);
        return HashOf(key);
    }

    internal static uint HashOf(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }
}
