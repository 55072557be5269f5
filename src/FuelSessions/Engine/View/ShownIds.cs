using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>The ids that the app sees meanwhile: those of a rotation it has asked for at once, and those of any other only in the next request.</summary>
/// <param name="Current">Null for a request that came with a token, which proves a session and holds no id.</param>
/// <param name="Previous">Null: to be read from the record.</param>
/// <param name="Rotated">When the app has asked for a rotation that is not stored yet.</param>
internal sealed record ShownIds(SessionSecret? Current, SessionSecret? Previous, DateTimeOffset? Rotated)
{
    internal ShownIds(Standing? standing)
        : this(standing?.Secret, null, null)
    {
    }

    /// <summary>With the id of a rotation that was asked for.</summary>
    internal ShownIds After(Rotation rotation, DateTimeOffset now) => new(Current is null ? null : rotation.To, Rotated is null ? Current : Previous, now);

    /// <summary>Once it is stored; or something else is, and another request's id is current by now.</summary>
    internal ShownIds Settled(SessionSecret? held) => new(held, Previous, null);

    /// <summary>After a rotation that nobody has asked for: as before.</summary>
    internal ShownIds Unmoved(SessionRecord before) => this with { Previous = Previous ?? PreviousOf(before) ?? Current };

    internal SessionId? PreviousId(Standing standing) =>
        Previous is { } shown ? new SessionId(standing.Key, shown)
        : Current is { } current ? new SessionId(standing.Key, PreviousOf(standing.Record) ?? current)
        : null;

    private SessionSecret? PreviousOf(SessionRecord? record) =>
        Current is { } current && record is { Nonce: { } nonce } && record.SealedPrevious != UInt128.Zero && current.Hash().Equals(record.CurrentHash)
            ? current.OpenPrevious(record.SealedPrevious, nonce)
            : null;
}
