namespace FuelSessions.Tokens;

/// <summary>What a token was issued for, where the provider says so: for Podio <c>app</c> or <c>user</c>, and its number.</summary>
/// <param name="Type">The kind of thing.</param>
/// <param name="Id">Its identifier.</param>
public sealed record OAuthTokenRef(string Type, string Id);
