namespace FuelSessions.Dashboard;

/// <summary>An event as it was counted: of no session in particular.</summary>
internal sealed record Happening(DateTimeOffset At, string Kind, string Driver);
