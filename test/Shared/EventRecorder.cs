using System.Collections.Concurrent;

namespace FuelSessions.Tests;

/// <summary>Keeps all that an app is told.</summary>
public sealed class EventRecorder : SessionEvents
{
    private readonly ConcurrentQueue<SessionEvent> _told = new();

    public IReadOnlyList<SessionEvent> All => [.. _told];

    public void Clear() => _told.Clear();

    public override Task HappenedAsync(SessionEvent happened)
    {
        _told.Enqueue(happened);
        return Task.CompletedTask;
    }
}
