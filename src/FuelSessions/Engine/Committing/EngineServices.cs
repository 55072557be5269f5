namespace FuelSessions.Engine;

/// <summary>What every transaction shares.</summary>
internal sealed record EngineServices(TimeProvider Clock, CommitQueue Commits, SessionDiagnostics Diagnostics)
{
    /// <summary>When all sessions of principals were ended, as far as this process knows.</summary>
    internal EndingMarks Endings { get; } = new();

    /// <summary>Waits after a lost attempt to save, which is counted from 1. Whoever decides the order of all steps needs no pause.</summary>
    internal Func<int, CancellationToken, Task> PauseAsync { get; init; } = RetryPause.InRealTimeAsync;
}
