namespace FuelSessions.Records;

/// <summary>A text, and what it was hashed to under a secret's key.</summary>
/// <param name="IsWhole">Whether all of it was.</param>
internal sealed record KeyedHash(string Text, bool IsWhole, uint Hash);
