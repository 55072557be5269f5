using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// What a cluster answers while keys move between its nodes. The client follows one redirection a call; the key may have
/// moved on by then. A command that was answered so was not carried out, so it can be sent again.
/// </summary>
internal static class MovingKeys
{
    private const int MostAttempts = 12;

    internal static bool MayTryAgain(RedisServerException error, int attempt) =>
        attempt < MostAttempts && (IsRedirection(error.Message) || IsUnderWay(error.Message));

    /// <summary>Twice as long from each time to the next, 250 ms at most: about 1.5 seconds in all.</summary>
    internal static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Min(250, 1 << attempt));

    private static bool IsRedirection(string message) =>
        message.StartsWith("MOVED ", StringComparison.Ordinal)
        || message.StartsWith("ASK ", StringComparison.Ordinal)
        // The client's own words for a redirection to a node that it is only connecting to.
        || message.Contains("serving hashslot", StringComparison.Ordinal);

    private static bool IsUnderWay(string message) =>
        message.StartsWith("TRYAGAIN", StringComparison.Ordinal) || message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal);
}
