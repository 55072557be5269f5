namespace FuelSessions.Memcached.Items;

/// <summary>
/// A record's end as the time at which memcached drops its item. A touch can move nothing but that time, so it is also
/// where a touched end is kept; memcached tells it as whole seconds that remain, which, against an estimate of its clock,
/// is uncertain by one. Hence the grid of three seconds: the nearest point of it is the one that was sent.
/// </summary>
internal static class ItemEnd
{
    /// <summary>No time to live.</summary>
    internal const int Never = -1;

    /// <summary>How much later than asked for a touched end may be, in seconds.</summary>
    internal const int Grid = 3;

    // Memcached's clock and the app's may differ by this much before a session ends too early. The app itself judges
    // records by its own clock, so the slack keeps nothing alive.
    private const int Slack = 20 * Grid;

    // Memcached takes what is no more than 30 days for a time from now, and what has more than 31 bits for nothing useful.
    private const int First = (30 * 24 * 60 * 60) + Grid;
    private const int Last = int.MaxValue - (int.MaxValue % Grid) - Grid;

    /// <summary>The Unix time, in seconds, at which memcached may drop a record that ends then.</summary>
    internal static int Of(DateTimeOffset expires)
    {
        const int Step = Grid * 1000;
        long steps = (expires.ToUnixTimeMilliseconds() + Step - 1) / Step;
        return (int)Math.Clamp((steps * Grid) + Slack, First, Last);
    }

    /// <summary>What was sent, from an estimate that is at most a second off.</summary>
    internal static int Nearest(long estimate) => (int)Math.Clamp((estimate + (Grid / 2)) / Grid * Grid, 0, Last);

    /// <summary>A record's true end: its own, unless a touch has moved it.</summary>
    internal static DateTimeOffset True(DateTimeOffset written, int end) =>
        end <= Of(written) ? written : DateTimeOffset.FromUnixTimeSeconds(end - Slack);
}
