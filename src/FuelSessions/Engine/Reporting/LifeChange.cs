using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a write has changed of whom a session belongs to, and which ids are good.</summary>
/// <param name="before">The record that it replaced; null: it was the first.</param>
internal readonly struct LifeChange(SessionRecord? before, SessionRecord after)
{
    internal bool IsRotated => before is not null && !before.CurrentHash.Equals(after.CurrentHash);

    internal bool RevokesIds => before is not null && before.Epoch != after.Epoch;

    internal bool SignsOut => before?.Owner is not null && (after.Owner is null || BelongsToAnother);

    // Also of whom it belonged to already: they have proved who they are once more [A2].
    internal bool SignsIn => after.Owner is not null && (BelongsToAnother || before?.SignedIn != after.SignedIn);

    private bool BelongsToAnother => !string.Equals(before?.Principal, after.Principal, StringComparison.Ordinal);
}
