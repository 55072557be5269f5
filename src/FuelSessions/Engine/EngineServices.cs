namespace FuelSessions.Engine;

/// <summary>What every transaction shares.</summary>
internal sealed record EngineServices(TimeProvider Clock, CommitQueue Commits, SessionDiagnostics Diagnostics);
