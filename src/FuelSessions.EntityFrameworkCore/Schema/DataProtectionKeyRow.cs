namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>One element of the Data Protection key ring.</summary>
internal sealed class DataProtectionKeyRow
{
    /// <summary>16 random bytes, drawn by the app: no value of a row comes from the database.</summary>
    public required byte[] Id { get; init; }

    public string? FriendlyName { get; init; }

    public required string Xml { get; init; }
}
