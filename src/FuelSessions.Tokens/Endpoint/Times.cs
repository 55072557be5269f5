namespace FuelSessions.Tokens.Endpoint;

internal static class Times
{
    /// <summary>The time without its fraction of a second. All times of a token are such, so that every store gives back what it got.</summary>
    internal static DateTimeOffset InSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());


    internal static DateTimeOffset? InSeconds(DateTimeOffset? time) => time is { } known ? InSeconds(known) : null;
}
