using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>Seals ids with AES-GCM under one key. Safe for use from many threads. Never logged.</summary>
/// <param name="text">The key under Data Protection, which travels with each id.</param>
internal sealed class DataKey(byte[] key, string text, long made)
{
    internal const int Size = 16;

    /// <summary>How long a key is trusted before Data Protection is asked again: revoking a key of its ring shuts out the ids within this time.</summary>
    internal static readonly TimeSpan Trust = TimeSpan.FromMinutes(1);

    /// <summary>How many characters an id has in front of the key's text: base64url of nonce, sealed id and tag, with no bit to spare.</summary>
    internal const int SealedLength = SealedSize / 3 * 4;

    private const int NonceSize = 12;
    private const int LongestName = 64;
    private const int TagSize = 16;
    private const int SealedSize = NonceSize + SessionId.Size + TagSize;

    // One that nobody uses at the moment: it can't be shared, and making one costs more than sealing an id.
    private AesGcm? _idle;

    private long _checked = made;

    /// <summary>The key under Data Protection.</summary>
    internal string Text => text;

    /// <summary>The timestamp at which this process made or first read it.</summary>
    internal long Made { get; } = made;

    /// <summary>Whether Data Protection stood by it less than <see cref="Trust"/> ago.</summary>
    internal bool IsTrusted(TimeProvider clock) => clock.GetElapsedTime(Volatile.Read(ref _checked)) < Trust;

    /// <summary>Data Protection stood by it at that timestamp.</summary>
    internal void TrustSince(long timestamp) => Volatile.Write(ref _checked, timestamp);

    /// <summary>The sealed id, which travels in front of the key's text.</summary>
    /// <param name="name">The session's cookie name, under which alone it can be opened.</param>
    internal string Seal(SessionId id, string name)
    {
        Span<byte> plain = stackalloc byte[SessionId.Size];
        Span<byte> bytes = stackalloc byte[SealedSize];
        Span<char> characters = stackalloc char[SealedLength];
        id.WriteTo(plain);

        // Random nonces are good for 2^32 ids under one key (NIST SP 800-38D, 8.3): more than a million a second in the hour that one is used for.
        RandomNumberGenerator.Fill(bytes[..NonceSize]);
        Span<byte> bound = stackalloc byte[LongestName];
        bound = Bound(name, bound);
        AesGcm aes = Take();
        aes.Encrypt(bytes[..NonceSize], plain, bytes[NonceSize..^TagSize], bytes[^TagSize..], bound);
        GiveBack(aes);
        Base64Url.EncodeToChars(bytes, characters);
        return characters.ToString();
    }

    /// <summary>The id that was sealed as these characters; false if they are forged or damaged.</summary>
    internal bool TryOpen(ReadOnlySpan<char> characters, string name, out SessionId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[SealedSize];
        if (Base64Url.DecodeFromChars(characters, bytes, out _, out int size) != OperationStatus.Done || size != SealedSize)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[SessionId.Size];
        Span<byte> bound = stackalloc byte[LongestName];
        bound = Bound(name, bound);
        AesGcm aes = Take();
        try
        {
            aes.Decrypt(bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..], plain, bound);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            GiveBack(aes);
        }

        id = SessionId.FromBytes(plain);
        return true;
    }

    // Authenticated and not sent: what was sealed for one session's name does not open under another.
    private static Span<byte> Bound(string name, Span<byte> buffer)
    {
        if (Encoding.UTF8.TryGetBytes(name, buffer, out int size))
        {
            return buffer[..size];
        }

        BoundName.Write(name, buffer);
        return buffer[..BoundName.Size];
    }

    private AesGcm Take() => Interlocked.Exchange(ref _idle, null) ?? new AesGcm(key, TagSize);

    private void GiveBack(AesGcm aes) => Interlocked.Exchange(ref _idle, aes)?.Dispose();
}
