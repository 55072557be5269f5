namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>What must be known of a write so that it may share a commit.</summary>
/// <param name="Key">
/// Of its one row. Where several processes write at a time, all take the rows in this order, so that none waits for another in a circle. Null: it changes others too, and
/// shares a commit only where there is one writer at a time.
/// </param>
/// <param name="Size">About how many bytes it sends.</param>
internal sealed record WriteShape(byte[]? Key, int Size)
{
    /// <summary>A few rows that are not known before.</summary>
    internal static WriteShape SomeRows { get; } = new(null, 0);
}
