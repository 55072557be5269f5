using System.Diagnostics;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// What a cluster answers while keys move between its nodes. The client follows one redirection a call; the key may have
/// moved on by then. A command that was answered so was not carried out, so it can be sent again.
/// </summary>
internal static class MovingKeys
{
    private const int MostAttempts = 12;

    // Without a connection the client waits for one itself, some seconds a call: to send it twelve times would be a minute.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    // The server's own words, and those of the client for a second redirection and for one that leads nowhere.
    private static readonly string[] Answers = ["MOVED ", "ASK ", "TRYAGAIN", "CLUSTERDOWN", "Key has MOVED", "The server redirected"];

    /// <param name="failed">When the first attempt had failed, as a timestamp; set here if this is the first.</param>
    internal static bool MayTryAgain(Exception error, int attempt, ref long failed)
    {
        if (failed == 0)
        {
            failed = Stopwatch.GetTimestamp();
        }

        return attempt < MostAttempts && Stopwatch.GetElapsedTime(failed) < Longest && IsOnItsWay(error);
    }

    /// <summary>Twice as long from each time to the next, 250 ms at most: about 1.5 seconds in all.</summary>
    internal static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Min(250, 1 << attempt));

    private static bool IsOnItsWay(Exception error) => error switch
    {
        // A redirection to a node that the client is only connecting to. The text depends on a setting, the kind does not; whatever else is
        // of this kind was never sent.
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect } => true,
        RedisServerException or RedisCommandException => Answers.Any(answer => error.Message.StartsWith(answer, StringComparison.Ordinal)),
        _ => false,
    };
}
