using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>How a step ended that compares the stored version first: a write, a touch, the removal of a record.</summary>
public readonly struct WriteResult
{
    private enum Outcome : byte
    {
        Gone,
        Lost,
        Written,
    }

    private readonly Outcome _outcome;

    private WriteResult(Outcome outcome, SessionRecord? winner)
    {
        _outcome = outcome;
        Winner = winner;
    }

    /// <summary>The record is stored, touched or removed.</summary>
    public static WriteResult Written { get; } = new(Outcome.Written, null);

    /// <summary>The record that should have been replaced is absent. Nothing was stored.</summary>
    public static WriteResult Gone { get; } = new(Outcome.Gone, null);

    /// <summary>Another writer was first. Nothing was stored; <paramref name="winner"/> is what is stored now.</summary>
    public static WriteResult Lost(SessionRecord winner)
    {
        ArgumentNullException.ThrowIfNull(winner);
        return new WriteResult(Outcome.Lost, winner);
    }

    /// <summary>Whether the record is stored, touched or removed.</summary>
    public bool IsWritten => _outcome == Outcome.Written;

    /// <summary>Whether there was nothing to replace.</summary>
    public bool IsGone => _outcome == Outcome.Gone;

    /// <summary>What another writer has stored; null unless the swap was lost.</summary>
    public SessionRecord? Winner { get; }
}
