namespace FuelSessions.Records;

/// <summary>
/// What a driver stores for one session. Immutable; a change is a new record with a higher <see cref="Version"/>.
/// Times have millisecond precision and are UTC. Holds no id: only hashes of the secrets, so who reads the store can't take
/// over a session.
/// </summary>
public sealed record SessionRecord
{
    // A request has up to three of these, so they are kept small: times as ticks, and one byte for which of the optional values there
    // are. As nullable properties and with offsets they would take half as much again.
    private readonly Given _given;
    private readonly Rotation? _lastRotation;
    private readonly long _created;
    private readonly long _rotated;
    private readonly long _confirmed;
    private readonly long _updated;
    private readonly long _expires;
    private readonly ulong _userAgentHash;
    private readonly ulong _userAgentFamilyHash;
    private readonly ulong _ipHash;

    [Flags]
    private enum Given : byte
    {
        None = 0,
        PreviousHash = 1,
        Nonce = 2,
        Confirmed = 4,
        UserAgentHash = 8,
        UserAgentFamilyHash = 16,
        IpHash = 32,
        IsRotationDue = 64,
    }

    // One object for what anonymous records do without.
    internal RecordOwner? Owner { get; init; }

    /// <summary>What the record is looked up by.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>Grows by one with each write, from 1. A write succeeds only if the stored version is the one the writer read.</summary>
    public required long Version { get; init; }

    /// <summary>The hash of the current secret.</summary>
    public required SecretHash CurrentHash { get; init; }

    /// <summary>The hash of the secret before the last rotation; null before the first one.</summary>
    public SecretHash? PreviousHash
    {
        get => Has(Given.PreviousHash) ? _lastRotation!.PreviousHash : null;
        init => LastRotation = (value, Nonce, SealedPrevious);
    }

    /// <summary>The last rotation's nonce; null before the first one.</summary>
    public RotationNonce? Nonce
    {
        get => Has(Given.Nonce) ? _lastRotation!.Nonce : null;
        init => LastRotation = (PreviousHash, value, SealedPrevious);
    }

    /// <summary>
    /// Whether the last rotation was a revoking one: the previous secret is not good, and the current one was drawn at
    /// random, so that no earlier id leads to it.
    /// </summary>
    public bool PreviousRevoked { get; init; }

    /// <summary>The previous secret, readable to the holder of the current one only; zero without a <see cref="Nonce"/>.</summary>
    public UInt128 SealedPrevious
    {
        get => _lastRotation?.SealedPrevious ?? default;
        init => LastRotation = (PreviousHash, Nonce, value);
    }

    /// <summary>What there is of the last rotation, at once. It is one object, which records of sessions do without that were not rotated, and others have from the one before.</summary>
    internal (SecretHash? PreviousHash, RotationNonce? Nonce, UInt128 SealedPrevious) LastRotation
    {
        get => (PreviousHash, Nonce, SealedPrevious);
        init
        {
            _lastRotation = value == default ? null : new Rotation(value.PreviousHash.GetValueOrDefault(), value.Nonce.GetValueOrDefault(), value.SealedPrevious);
            _given = With(Given.PreviousHash, value.PreviousHash.HasValue);
            _given = With(Given.Nonce, value.Nonce.HasValue);
        }
    }

    /// <summary>The secret of the session's tokens, another one in each epoch; null if none were made, and the settings take none.</summary>
    public StoredTokenSecret? TokenSecret { get; init; }

    /// <summary>How many revoking rotations there were. A session token is good for one epoch.</summary>
    public uint Epoch { get; init; }

    /// <summary>When the session began.</summary>
    public required DateTimeOffset Created
    {
        get => Time(_created);
        init => _created = value.UtcTicks;
    }

    /// <summary>When the current id was made.</summary>
    public required DateTimeOffset Rotated
    {
        get => Time(_rotated);
        init => _rotated = value.UtcTicks;
    }

    /// <summary>Whether whoever presents the current id next is to be given another one, as somebody asked for that who could not make it.</summary>
    public bool IsRotationDue
    {
        get => Has(Given.IsRotationDue);
        init => _given = With(Given.IsRotationDue, value);
    }

    /// <summary>When the current id was first presented by a client; null while it was not.</summary>
    public DateTimeOffset? Confirmed
    {
        get => Has(Given.Confirmed) ? Time(_confirmed) : null;
        init => (_confirmed, _given) = (value.GetValueOrDefault().UtcTicks, With(Given.Confirmed, value.HasValue));
    }

    /// <summary>When the record was last written; a touch does not count.</summary>
    public required DateTimeOffset Updated
    {
        get => Time(_updated);
        init => _updated = value.UtcTicks;
    }

    /// <summary>From when on the record counts as absent. A touch moves it without a new version.</summary>
    public required DateTimeOffset Expires
    {
        get => Time(_expires);
        init => _expires = value.UtcTicks;
    }

    /// <summary>The idle time after which this session ends. Each record is judged by its own.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>A hash of the client's user agent, 32 bits if the engine made it, under a key that the store does not hold; null if it is not compared.</summary>
    public ulong? UserAgentHash
    {
        get => Has(Given.UserAgentHash) ? _userAgentHash : null;
        init => (_userAgentHash, _given) = (value.GetValueOrDefault(), With(Given.UserAgentHash, value.HasValue));
    }

    /// <summary>The same of the browser's family, which an update does not change.</summary>
    public ulong? UserAgentFamilyHash
    {
        get => Has(Given.UserAgentFamilyHash) ? _userAgentFamilyHash : null;
        init => (_userAgentFamilyHash, _given) = (value.GetValueOrDefault(), With(Given.UserAgentFamilyHash, value.HasValue));
    }

    /// <summary>The same of the client's address.</summary>
    public ulong? IpHash
    {
        get => Has(Given.IpHash) ? _ipHash : null;
        init => (_ipHash, _given) = (value.GetValueOrDefault(), With(Given.IpHash, value.HasValue));
    }

    /// <summary>Whom the session belongs to, as the app said; null for an anonymous one. 256 characters at most.</summary>
    public string? Principal
    {
        get => Owner?.Principal;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { Principal = value });
    }

    /// <summary>What authentication keeps of a sign-in: claims and properties, as it has encoded them; empty without one. No variable: it ends with the sign-in.</summary>
    public ReadOnlyMemory<byte> Ticket
    {
        get => Owner?.Ticket ?? default;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { Ticket = value });
    }

    /// <summary>Whether the client is to keep the id when its browser is closed, as a sign-in has said; null: as the settings say.</summary>
    public bool? KeepsCookie
    {
        get => Owner?.KeepsCookie;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { KeepsCookie = value });
    }

    /// <summary>When the session was given to whom it belongs to; null if that is not known.</summary>
    public DateTimeOffset? SignedIn
    {
        get => Owner?.SignedIn;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { SignedIn = value?.ToUniversalTime() });
    }

    /// <summary>The client's user agent at the sign-in as it was told, cut off where it is long; null if it is not remembered (<see cref="FuelSessionsOptions.RememberClient"/>).</summary>
    public string? RememberedUserAgent
    {
        get => Owner?.UserAgent;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { UserAgent = value });
    }

    /// <summary>The network of the client's address at the sign-in, such as 203.0.113.0/24; null if it is not remembered.</summary>
    public string? RememberedAddress
    {
        get => Owner?.Address;
        init => Owner = RecordOwner.Of(Owner, owner => owner with { Address = value });
    }

    /// <summary>What binds the session to a device; null if nothing does. Its bytes count as content.</summary>
    public DeviceBinding? Binding { get; init; }

    /// <summary>The encoded variables.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The encoded flash variables.</summary>
    public ReadOnlyMemory<byte> Flash { get; init; }

    /// <summary>A first record with nothing in it.</summary>
    internal static SessionRecord New(SessionKey key, SecretHash hash, DateTimeOffset now, TimeSpan lifetime) => new()
    {
        Key = key,
        Version = 1,
        CurrentHash = hash,
        Created = now,
        Rotated = now,
        Updated = now,
        Lifetime = lifetime,
        Expires = now + lifetime,
    };

    /// <summary>The key's fingerprint and the version, never content.</summary>
    public override string ToString() => $"Session {Key.Fingerprint} version {Version}";

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private bool Has(Given value) => (_given & value) != 0;

    private Given With(Given value, bool given) => given ? _given | value : _given & ~value;

    private sealed record Rotation(SecretHash PreviousHash, RotationNonce Nonce, UInt128 SealedPrevious);
}
