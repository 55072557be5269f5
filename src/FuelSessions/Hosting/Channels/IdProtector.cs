using System.Buffers.Binary;
using FuelSessions.Configuration;
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

    private const int LongestRecord = FuelSessionsOptionsRules.MostCookieBytes;

    private readonly ProtectedText _protection = new(provider.CreateProtector("FuelSessions", "v1", driver), driver);

    // A purpose of their own: nothing else that travels can be taken for a data key, and a data key seals nothing but ids.
    private readonly DataKeys _dataKeys = new(new(provider.CreateProtector("FuelSessions", "v1", driver, "data key"), driver), clock);
    private readonly RecentTokens _recent = new(clock);

    private enum Kind : byte
    {
        Token = 1,
    }

    /// <param name="isShared">Whether other requests may tell their client the same id at the same time: all are to say it in the same words.</param>
    internal IdText ProtectId(SessionId id, string name, bool isShared = true)
    {
        if (isShared && _recent.Find(id, name) is { } known)
        {
            return known;
        }

        DataKey key = _dataKeys.Current();
        string own = key.Seal(id, name);
        return isShared ? _recent.Sent(id, own, key, name) : new(own, key.Text);
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

    /// <param name="packed">See <see cref="RecordPacking"/>. Its first byte tells it from what else is protected.</param>
    internal string ProtectRecord(SessionId id, ReadOnlySpan<byte> packed, string name)
    {
        // The id is not compressed: no secret of ours shares a dictionary with what others may choose.
        byte[] plain = new byte[packed.Length + SessionId.Size + BoundName.Size];
        plain[0] = packed[0];
        id.WriteTo(plain.AsSpan(1));
        packed[1..].CopyTo(plain.AsSpan(1 + SessionId.Size));
        BoundName.Write(name, plain.AsSpan(plain.Length - BoundName.Size));
        return _protection.Protect(plain);
    }

    internal bool TryReadId(ReadOnlySpan<char> text, string name, out SessionId id)
    {
        if (_recent.TryFind(text, name, out id))
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

        _recent.Received(text[..DataKey.SealedLength], id, key, name);
        return true;
    }

    /// <summary>The session that a token stands for, and the secret that proves it, if it is not over.</summary>
    internal bool TryReadToken(ReadOnlySpan<char> text, string name, out SessionId token) => TryReadToken(text, name, out token, out _);

    /// <param name="ends">From when on it is over.</param>
    internal bool TryReadToken(ReadOnlySpan<char> text, string name, out SessionId token, out DateTimeOffset ends)
    {
        token = default;
        ends = default;
        if (_protection.Unprotect(text, LongestToken) is not [(byte)Kind.Token, .. { Length: TokenSize - 1 } bytes]
            || !BoundName.Is(name, bytes.AsSpan(bytes.Length - BoundName.Size))
            || BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(SessionId.Size)) is var end && end <= clock.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return false;
        }

        ends = DateTimeOffset.FromUnixTimeMilliseconds(end);

        token = SessionId.FromBytes(bytes.AsSpan(0, SessionId.Size));
        return true;
    }

    /// <summary>
    /// Whether an id that could not be read was made by an app like this one: with keys that this one does not have or trust, for another driver
    /// or cookie name, or altered on the way.
    /// </summary>
    internal static bool IsForeignId(ReadOnlySpan<char> text) =>
        text.Length > DataKey.SealedLength && ProtectedText.HasForm(text[DataKey.SealedLength..], DataKeys.Longest);

    /// <summary>The same of a token. One that can be read was refused for another reason: it is over, for instance.</summary>
    internal bool IsForeignToken(ReadOnlySpan<char> text) =>
        ProtectedText.HasForm(text, LongestToken) && _protection.Unprotect(text, LongestToken) is null;

    /// <summary>The same of a record.</summary>
    internal static bool IsForeignRecord(ReadOnlySpan<char> text) => ProtectedText.HasForm(text, LongestRecord);

    internal bool IsLive(SessionRecord record) => record.Expires > clock.GetUtcNow();

    internal bool TryReadRecord(ReadOnlySpan<char> text, string name, out SessionId id, out SessionRecord? record)
    {
        id = default;
        record = null;
        if (_protection.Unprotect(text, LongestRecord) is not { Length: > 1 + SessionId.Size + BoundName.Size } plain
            || !BoundName.Is(name, plain.AsSpan(plain.Length - BoundName.Size))
            || RecordPacking.Unpack(plain[0], plain.AsMemory(1 + SessionId.Size, plain.Length - 1 - SessionId.Size - BoundName.Size)) is not { } content)
        {
            return false;
        }

        try
        {
            id = SessionId.FromBytes(plain.AsSpan(1, SessionId.Size));
            record = SessionRecordFormat.Decode(id.Key, content);
            return true;
        }
        catch (SessionRecordFormatException)
        {
            // Of a format that this version doesn't read: absent, like a cookie of another app.
            return false;
        }
    }
}
