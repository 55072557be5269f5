namespace FuelSessions.Tokens.Renewal;

/// <summary>A token, and what stands for it in the store.</summary>
/// <param name="Stored">What is stored.</param>
/// <param name="Token">What counts: the same, or its successor where that could not be stored.</param>
internal readonly record struct HeldToken(OAuthToken Stored, OAuthToken Token);
