using System.Security.Cryptography;
using System.Text;

namespace FuelSessions;

/// <summary>A session's cookie name inside of what is sealed, as the first 128 bits of its SHA-256: it has one length for all names.</summary>
internal static class BoundName
{
    internal const int Size = 16;

    // Most apps have one name; of others no more than one is kept, as names can be made of data.
    private static Known? _last;

    internal static void Write(string name, Span<byte> destination) => Of(name).CopyTo(destination);

    internal static bool Is(string name, ReadOnlySpan<byte> written) => Of(name).SequenceEqual(written);

    private static ReadOnlySpan<byte> Of(string name)
    {
        Known? last = Volatile.Read(ref _last);
        if (last is null || !string.Equals(last.Name, name, StringComparison.Ordinal))
        {
            last = new Known(name, SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            Volatile.Write(ref _last, last);
        }

        return last.Hash.AsSpan(0, Size);
    }

    private sealed record Known(string Name, byte[] Hash);
}
