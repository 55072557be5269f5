using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions;

/// <summary>
/// What travels: an id under a data key that is under Data Protection [C3], a token or a whole record directly under it [C6];
/// as base64url. Each is bound to the driver and to the session's cookie name: what was made for one name is refused under another. What is malformed, forged or another app's is refused here, before any store is asked.
/// </summary>
internal sealed class IdProtector(IDataProtectionProvider provider, string driver, TimeProvider clock)
{
    // A protected token has some 190 characters; whatever is much longer is none.
    private const int LongestToken = 512;

    private const int TokenSize = 1 + SessionId.Size + sizeof(long) + BoundName.Size;

    // Six cookies of 4 KB: with more, servers refuse the request's headers.
    private const int LongestRecord = 24 * 1024;

    private readonly ProtectedText _protection = new(provider.CreateProtector("FuelSessions", "v1", driver), driver);

    // A purpose of their own: nothing else that travels can be taken for a data key, and a data key seals nothing but ids.
    private readonly DataKeys _dataKeys = new(new(provider.CreateProtector("FuelSessions", "v1", driver, "data key"), driver), clock);
    private readonly RecentTokens _recent = new(clock);

    private enum Kind : byte
    {
        Token = 1,
        Record = 2,
    }

    internal string ProtectId(SessionId id, string name)
    {
        if (_recent.Find(id, name) is { } known)
        {
            return known;
        }

        DataKey key = _dataKeys.Current();
        return _recent.Sent(id, key.Seal(id, name), key, name);
    }

    /// <param name="secret">What a token proves the session with: its record holds the hash.</param>
    internal string ProtectToken(SessionKey key, SessionSecret secret, DateTimeOffset expires, string name)
    {
        Span<byte> plain = stackalloc byte[TokenSize];
        plain[0] = (byte)Kind.Token;
        new SessionId(key, secret).WriteTo(plain[1..]);
        BinaryPrimitives.WriteInt64BigEndian(plain[(1 + SessionId.Size)..], expires.ToUnixTimeMilliseconds());
        BoundName.Write(name, plain[^BoundName.Size..]);
        return _protection.Protect(plain);
    }

    internal string ProtectRecord(SessionId id, SessionRecord record, string name)
    {
        byte[] content = SessionRecordFormat.Encode(record);
        byte[] plain = new byte[1 + SessionId.Size + content.Length + BoundName.Size];
        plain[0] = (byte)Kind.Record;
        id.WriteTo(plain.AsSpan(1));
        content.CopyTo(plain, 1 + SessionId.Size);
        BoundName.Write(name, plain.AsSpan(1 + SessionId.Size + content.Length));
        return _protection.Protect(plain);
    }

    /// <param name="known">The text, as a string that other requests with it share.</param>
    internal bool TryReadId(ReadOnlySpan<char> text, string name, out SessionId id, [NotNullWhen(true)] out string? known)
    {
        if (_recent.TryFind(text, name, out id, out known))
        {
            return true;
        }

        // The id stands first, so that a token, which begins as a data key does, is never taken for one.
        if (text.Length <= DataKey.SealedLength
            || _dataKeys.Find(text[DataKey.SealedLength..]) is not { } key
            || !key.TryOpen(text[..DataKey.SealedLength], name, out id))
        {
            return false;
        }

        known = text.ToString();
        _recent.Received(known, id, key, name);
        return true;
    }

    /// <summary>The session that a token stands for, and the secret that proves it, if it is not over.</summary>
    internal bool TryReadToken(ReadOnlySpan<char> text, string name, out SessionId token)
    {
        token = default;
        if (_protection.Unprotect(text, LongestToken) is not [(byte)Kind.Token, .. { Length: TokenSize - 1 } bytes]
            || !BoundName.Is(name, bytes.AsSpan(bytes.Length - BoundName.Size))
            || BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(SessionId.Size)) <= clock.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return false;
        }

        token = SessionId.FromBytes(bytes.AsSpan(0, SessionId.Size));
        return true;
    }

    internal bool IsLive(SessionRecord record) => record.Expires > clock.GetUtcNow();

    internal bool TryReadRecord(ReadOnlySpan<char> text, string name, out SessionId id, out SessionRecord? record)
    {
        id = default;
        record = null;
        if (_protection.Unprotect(text, LongestRecord) is not { Length: > 1 + SessionId.Size + BoundName.Size } plain
            || plain[0] != (byte)Kind.Record
            || !BoundName.Is(name, plain.AsSpan(plain.Length - BoundName.Size)))
        {
            return false;
        }

        try
        {
            id = SessionId.FromBytes(plain.AsSpan(1, SessionId.Size));
            record = SessionRecordFormat.Decode(id.Key, plain.AsMemory(1 + SessionId.Size, plain.Length - 1 - SessionId.Size - BoundName.Size));
            return true;
        }
        catch (SessionRecordFormatException)
        {
            // Of a format that this version doesn't read: absent, like a cookie of another app.
            return false;
        }
    }
}
