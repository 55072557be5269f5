namespace FuelSessions.Tokens.Renewal;

/// <summary>A token, and what stands for it in the store.</summary>
/// <param name="Stored">What is stored; null: it could not be read when there was a first token to be stored.</param>
/// <param name="Token">What counts: the same, or its successor where that could not be stored.</param>
internal readonly record struct HeldToken(OAuthToken? Stored, OAuthToken Token);
