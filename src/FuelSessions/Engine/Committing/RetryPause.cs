using System.Security.Cryptography;

namespace FuelSessions.Engine;

/// <summary>The time between two attempts to save, so that writers of several processes don't collide again and again [W2].</summary>
internal static class RetryPause
{
    private const int LongestMilliseconds = 50;

    // Real time on purpose: it only spreads writers of several processes.
    internal static Task InRealTimeAsync(int attempt, CancellationToken cancellationToken)
    {
        int longest = Math.Min(1 << Math.Min(attempt, 10), LongestMilliseconds);
        int pause = attempt == 1 ? 0 : RandomNumberGenerator.GetInt32(longest + 1);
        return pause == 0 ? Task.CompletedTask : Task.Delay(pause, cancellationToken);
    }
}
