namespace FuelSessions.Records;

/// <summary>
/// What a driver stores for one session. Immutable; a change is a new record with a higher <see cref="Version"/>.
/// Times have millisecond precision. Holds no id: only hashes of the secrets, so who reads the store can't take
/// over a session.
/// </summary>
public sealed record SessionRecord
{
    /// <summary>What the record is looked up by.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>Grows by one with each write, from 1. A write succeeds only if the stored version is the one the writer read.</summary>
    public required long Version { get; init; }

    /// <summary>The hash of the current secret.</summary>
    public required SecretHash CurrentHash { get; init; }

    /// <summary>The hash of the secret before the last rotation; null before the first one.</summary>
    public SecretHash? PreviousHash { get; init; }

    /// <summary>The last rotation's nonce; null before the first one.</summary>
    public RotationNonce? Nonce { get; init; }

    /// <summary>
    /// Whether the last rotation was a revoking one: the previous secret is not good, and the current one was drawn at
    /// random, so that no earlier id leads to it.
    /// </summary>
    public bool PreviousRevoked { get; init; }

    /// <summary>The previous secret, readable to the holder of the current one only; zero without a <see cref="Nonce"/>.</summary>
    public UInt128 SealedPrevious { get; init; }

    /// <summary>How many revoking rotations there were. A session token is good for one epoch.</summary>
    public uint Epoch { get; init; }

    /// <summary>When the session began.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the current id was made.</summary>
    public required DateTimeOffset Rotated { get; init; }

    /// <summary>When the current id was first presented by a client; null while it was not.</summary>
    public DateTimeOffset? Confirmed { get; init; }

    /// <summary>When the record was last written; a touch does not count.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>From when on the record counts as absent. A touch moves it without a new version.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The idle time after which this session ends. Each record is judged by its own.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>A keyed hash of the user agent that began the session, 32 bits if the engine made it; null if it sent none.</summary>
    public ulong? UserAgentHash { get; init; }

    /// <summary>The same without digits and dots, so that a browser update does not change it.</summary>
    public ulong? UserAgentFamilyHash { get; init; }

    /// <summary>A keyed hash of the client's address; null if it is unknown.</summary>
    public ulong? IpHash { get; init; }

    /// <summary>Whom the session belongs to, as the app said; null for an anonymous one. 256 characters at most.</summary>
    public string? Principal { get; init; }

    /// <summary>The encoded variables.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The encoded flash variables.</summary>
    public ReadOnlyMemory<byte> Flash { get; init; }

    /// <summary>The key's fingerprint and the version, never content.</summary>
    public override string ToString() => $"Session {Key.Fingerprint} version {Version}";
}
