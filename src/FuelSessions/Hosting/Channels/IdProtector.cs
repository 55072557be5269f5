using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions;

/// <summary>
/// What travels: an id, a token or a whole record under Data Protection [C3, C6], as base64url. What is malformed,
/// forged or another app's is refused here, before any store is asked.
/// </summary>
internal sealed class IdProtector(IDataProtectionProvider provider, string driver, TimeProvider clock)
{
    // A protected id has some 180 characters; whatever is much longer is none.
    private const int LongestProtected = 512;

    // Six cookies of 4 KB: with more, servers refuse the request's headers.
    private const int LongestRecord = 24 * 1024;

    private readonly IDataProtector _protector = provider.CreateProtector("FuelSessions", "v1", driver);
    private readonly RecentTokens _recent = new(clock);

    private enum Kind : byte
    {
        Id = 1,
        Token = 2,
        Record = 3,
    }

    internal string ProtectId(SessionId id)
    {
        if (_recent.Find(id) is { } known)
        {
            return known;
        }

        Span<byte> plain = stackalloc byte[1 + SessionId.Size];
        plain[0] = (byte)Kind.Id;
        id.WriteTo(plain[1..]);
        return _recent.Sent(id, Protect(plain));
    }

    internal string ProtectToken(SessionKey key, uint epoch, DateTimeOffset expires)
    {
        Span<byte> plain = stackalloc byte[1 + SessionKey.Size + sizeof(uint) + sizeof(long)];
        plain[0] = (byte)Kind.Token;
        key.WriteTo(plain[1..]);
        BinaryPrimitives.WriteUInt32BigEndian(plain[17..], epoch);
        BinaryPrimitives.WriteInt64BigEndian(plain[21..], expires.ToUnixTimeMilliseconds());
        return Protect(plain);
    }

    internal string ProtectRecord(SessionId id, SessionRecord record)
    {
        byte[] content = SessionRecordFormat.Encode(record);
        byte[] plain = new byte[1 + SessionId.Size + content.Length];
        plain[0] = (byte)Kind.Record;
        id.WriteTo(plain.AsSpan(1));
        content.CopyTo(plain, 1 + SessionId.Size);
        return Protect(plain);
    }

    /// <param name="known">The text, as a string that other requests with it share.</param>
    internal bool TryReadId(ReadOnlySpan<char> text, out SessionId id, [NotNullWhen(true)] out string? known)
    {
        if (_recent.TryFind(text, out id, out known))
        {
            return true;
        }

        if (Unprotect(text, LongestProtected) is not [(byte)Kind.Id, .. { Length: SessionId.Size } bytes])
        {
            return false;
        }

        id = SessionId.FromBytes(bytes);
        known = text.ToString();
        _recent.Received(known, id);
        return true;
    }

    /// <summary>The session and epoch that a token stands for, if it is not over.</summary>
    internal bool TryReadToken(ReadOnlySpan<char> text, out SessionKey key, out uint epoch)
    {
        key = default;
        epoch = 0;
        if (Unprotect(text, LongestProtected) is not [(byte)Kind.Token, .. { Length: 28 } bytes]
            || BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(20)) <= clock.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return false;
        }

        key = SessionKey.FromBytes(bytes.AsSpan(0, SessionKey.Size));
        epoch = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(16));
        return true;
    }

    internal bool TryReadRecord(ReadOnlySpan<char> text, out SessionId id, out SessionRecord? record)
    {
        id = default;
        record = null;
        if (Unprotect(text, LongestRecord) is not { Length: > 1 + SessionId.Size } plain || plain[0] != (byte)Kind.Record)
        {
            return false;
        }

        try
        {
            id = SessionId.FromBytes(plain.AsSpan(1, SessionId.Size));
            record = SessionRecordFormat.Decode(id.Key, plain.AsMemory(1 + SessionId.Size));
            return true;
        }
        catch (SessionRecordFormatException)
        {
            // Of a format that this version doesn't read: absent, like a cookie of another app.
            return false;
        }
    }

    private string Protect(ReadOnlySpan<byte> plain) => Base64Url.EncodeToString(_protector.Protect(plain.ToArray()));

    private byte[]? Unprotect(ReadOnlySpan<char> text, int longest)
    {
        // Every protected payload begins with the same magic number: most garbage ends here, at no cost.
        if (text.Length > longest || !text.StartsWith("CfDJ8", StringComparison.Ordinal) || !Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(Base64Url.DecodeFromChars(text));
        }
        catch (CryptographicException error) when (error.InnerException is null or CryptographicException)
        {
            return null;
        }
        catch (CryptographicException error)
        {
            // Not the text's fault: Data Protection says "can't be decrypted" of a key ring that can't be read as well. A new session
            // would take the place of the client's good one.
            throw new SessionStoreException(
                $"The id of a session on driver '{driver}' could not be read, because Data Protection could not load its keys: {error.InnerException!.Message} The client keeps the id it has.",
                error);
        }
    }
}
