namespace FuelSessions.Tool.Stores;

/// <summary>One thing that <c>doctor</c> has looked at.</summary>
/// <param name="Fix">What to do about it; null if there is nothing to do.</param>
/// <param name="IsOpen">Whether it could not be told if it is as it should be.</param>
internal sealed record Finding(string What, string Is, string? Fix = null, bool IsOpen = false);
