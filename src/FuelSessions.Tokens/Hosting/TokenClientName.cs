namespace FuelSessions.Tokens.Hosting;

/// <summary>That a client of this name was registered.</summary>
internal sealed record TokenClientName(string Name);
