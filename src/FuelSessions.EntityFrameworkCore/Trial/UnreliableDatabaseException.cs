namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>What the database answers to a write is not what it has done. Nothing is written to it, rather than lost unnoticed.</summary>
internal sealed class UnreliableDatabaseException(string message) : InvalidOperationException(message)
{
    internal static UnreliableDatabaseException NotInserted() => new(
        "The database accepted a new row and has not stored it. Look for a trigger or a rule that discards it.");
}
