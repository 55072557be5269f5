namespace FuelSessions.Tokens.Tests.StandIn;

/// <summary>What the provider and its API have had to do with one sign-in.</summary>
/// <param name="Refreshes">How often its access token was renewed.</param>
/// <param name="Rejected">Calls of the API with an access token of it that was not good any more.</param>
/// <param name="IsRevoked">Whether it is over.</param>
internal readonly record struct StandInCounts(int Refreshes, int Rejected, bool IsRevoked);
