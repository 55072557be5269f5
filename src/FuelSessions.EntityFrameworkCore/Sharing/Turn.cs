using System.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>The right to commit. There are only so many at a time; one that is held for too long is over, and another one takes its place.</summary>
internal sealed class Turn
{
    private readonly CancellationTokenSource _end = new();
    private long _began = Stopwatch.GetTimestamp();

    /// <summary>That of a write which needs none.</summary>
    internal static Turn Unlimited { get; } = new() { IsOver = true };

    /// <summary>Whether it is no right any more.</summary>
    internal bool IsOver { get; private set; }

    internal TimeSpan Age => Stopwatch.GetElapsedTime(_began);

    /// <summary>Cancelled when it is over.</summary>
    internal CancellationToken Token => _end.Token;

    /// <summary>For another commit.</summary>
    internal void Renew() => _began = Stopwatch.GetTimestamp();

    /// <returns>Ends a commit that is still under way.</returns>
    internal Func<Task> End()
    {
        IsOver = true;
        return _end.CancelAsync;
    }
}
