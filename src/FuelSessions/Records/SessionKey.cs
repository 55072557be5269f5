using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FuelSessions.Records;

/// <summary>
/// What a record is looked up by: 128 random bits, fixed for the session's life. It says which session is
/// meant; only a <see cref="SessionSecret"/> proves that the holder owns it.
/// </summary>
public readonly struct SessionKey : IEquatable<SessionKey>
{
    /// <summary>The size of a key in bytes: 16.</summary>
    public const int Size = 16;

    private readonly UInt128 _bits;

    private SessionKey(UInt128 bits) => _bits = bits;

    /// <summary>A new key from the system's cryptographic random number generator.</summary>
    public static SessionKey Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>The key that <see cref="WriteTo"/> wrote.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 16 bytes long.</exception>
    public static SessionKey FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? new SessionKey(BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : throw new ArgumentException($"A session key is {Size} bytes long, not {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the key's 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);

    /// <summary>The key's 16 bytes, for a binary column.</summary>
    public byte[] ToByteArray()
    {
        byte[] bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>
    /// The key as 32 lower-case hexadecimal digits: safe as a file name on any file system, case-insensitive
    /// ones included, and as a key of any cache.
    /// </summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The key that <see cref="ToHex"/> wrote; false for anything else.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out SessionKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool parsed = text.Length == 2 * Size
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        key = parsed ? FromBytes(bytes) : default;
        return parsed;
    }

    /// <summary>
    /// Eight hexadecimal digits of a hash of the key: enough to follow a session through a log, useless for
    /// finding its record.
    /// </summary>
    public string Fingerprint
    {
        get
        {
            Span<byte> buffer = stackalloc byte[Size + SHA256.HashSizeInBytes];
            WriteTo(buffer);
            SHA256.HashData(buffer[..Size], buffer[Size..]);
            return Convert.ToHexStringLower(buffer.Slice(Size, 4));
        }
    }

    /// <summary>The <see cref="Fingerprint"/>, never the key.</summary>
    public override string ToString() => Fingerprint;

    /// <inheritdoc/>
    public bool Equals(SessionKey other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SessionKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <summary>Whether both are the same key.</summary>
    public static bool operator ==(SessionKey left, SessionKey right) => left.Equals(right);

    /// <summary>Whether they are different keys.</summary>
    public static bool operator !=(SessionKey left, SessionKey right) => !left.Equals(right);
}
