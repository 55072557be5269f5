namespace FuelSessions.Engine;

/// <summary>What a presented secret is to a record.</summary>
internal enum Authenticity
{
    /// <summary>It is the current one.</summary>
    Current,

    /// <summary>It is the previous one, and still good [R2, R3].</summary>
    Previous,

    /// <summary>It was the previous one; its grace is over, or a revoking rotation ended it [R3, R10].</summary>
    Retired,

    /// <summary>The record does not know it.</summary>
    Unknown,
}
