namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>One element of the Data Protection key ring, as the app's model and its migrations see it. Not for use by the app.</summary>
public class DataProtectionKeyRow
{
    /// <summary>16 random bytes, drawn by the app: no value of a row comes from the database.</summary>
    public virtual required byte[] Id { get; set; }

    /// <summary>The name that Data Protection gave it.</summary>
    public virtual string? FriendlyName { get; set; }

    /// <summary>The element.</summary>
    public virtual required string Xml { get; set; }
}
