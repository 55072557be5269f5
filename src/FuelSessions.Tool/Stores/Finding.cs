namespace FuelSessions.Tool.Stores;

/// <summary>One thing that <c>doctor</c> has looked at.</summary>
/// <param name="Fix">What to do about it; null if it is as it should be.</param>
internal sealed record Finding(string What, string Is, string? Fix = null);
