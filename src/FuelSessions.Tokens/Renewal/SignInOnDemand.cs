namespace FuelSessions.Tokens.Renewal;

/// <summary>How a client gets a token without anybody: the grant, and what it is asked with.</summary>
internal sealed record SignInOnDemand(AuthIdentity Identity, string Grant, KeyValuePair<string, string>[] Parameters);
