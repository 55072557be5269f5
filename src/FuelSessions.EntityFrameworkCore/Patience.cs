using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Decides whether work that lost against other transactions is tried again, and when: after a pause, so that rivals don't meet again.</summary>
/// <param name="longest">For how long from the first conflict on; in real time, as the pauses are.</param>
internal struct Patience(TimeSpan longest)
{
    private const int LongestPause = 50;

    private long _since;
    private int _conflicts;

    /// <summary>Notes a conflict.</summary>
    /// <returns>False: enough of them, or no conflict at all.</returns>
    internal bool HasFor(DbException error)
    {
        if (!DbErrors.IsConflict(error))
        {
            return false;
        }

        if (_conflicts++ == 0)
        {
            _since = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(_since) < longest;
    }

    internal readonly Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(Next(), cancellationToken);

    internal readonly void Pause() => Thread.Sleep(Next());

    /// <summary>A pause in milliseconds: longer after each conflict, and uneven, so that two rivals don't keep step.</summary>
    internal static int PauseAfter(int conflicts, int longest) => RandomNumberGenerator.GetInt32(1, Math.Min(1 << Math.Min(conflicts, 10), longest) + 1);

    private readonly int Next() => PauseAfter(_conflicts, LongestPause);
}
