namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>What must be known of a write so that it may share a commit.</summary>
/// <param name="Key">Of its one row. Where several processes write at a time, all take the rows in this order, so that none waits for another in a circle.</param>
/// <param name="Size">About how many bytes it sends.</param>
internal sealed record WriteShape(byte[] Key, int Size);
