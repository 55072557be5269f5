using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Records;

/// <summary>What a client holds: base64url (RFC 4648, section 5, no padding) of key and secret, 43 characters.</summary>
internal readonly struct SessionId(SessionKey key, SessionSecret secret)
{
    internal const int Size = SessionKey.Size + SessionSecret.Size;
    internal const int TextLength = 43;

    internal SessionKey Key { get; } = key;

    internal SessionSecret Secret { get; } = secret;

    /// <summary>A new id from the system's cryptographic random number generator.</summary>
    internal static SessionId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    internal void WriteTo(Span<byte> destination)
    {
        Key.WriteTo(destination);
        Secret.WriteTo(destination[SessionKey.Size..]);
    }

    internal static SessionId FromBytes(ReadOnlySpan<byte> bytes) => new(
        SessionKey.FromBytes(bytes[..SessionKey.Size]),
        SessionSecret.FromBytes(bytes[SessionKey.Size..]));

    internal string Encode()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Parses exactly what <see cref="Encode"/> writes, without allocating; false for anything else.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out SessionId id)
    {
        id = default;
        if (text.Length != TextLength || !Ascii.IsValid(text))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (Base64Url.DecodeFromChars(text, bytes, out int consumed, out int written) != OperationStatus.Done
            || consumed != TextLength
            || written != Size)
        {
            return false;
        }

        id = FromBytes(bytes);
        return true;
    }

    /// <summary>Never the id.</summary>
    public override string ToString() => $"[id of {Key.Fingerprint}]";
}
