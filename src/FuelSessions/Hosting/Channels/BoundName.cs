using System.Security.Cryptography;
using System.Text;

namespace FuelSessions;

/// <summary>A session's cookie name inside of what is sealed, as the first 128 bits of its SHA-256: it has one length for all names.</summary>
internal static class BoundName
{
    internal const int Size = 16;

    internal static void Write(string name, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        hash[..Size].CopyTo(destination);
    }

    internal static bool Is(string name, ReadOnlySpan<byte> written)
    {
        Span<byte> expected = stackalloc byte[Size];
        Write(name, expected);
        return expected.SequenceEqual(written);
    }
}
