using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>When a session ends, and when a request must say that it is still used [W7].</summary>
internal static class ExpiryPolicy
{
    private static readonly TimeSpan LongestTouchInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LeastAbsolute = TimeSpan.FromDays(1);

    internal static TimeSpan TouchInterval(TimeSpan lifetime, TimeSpan? configured)
    {
        TimeSpan tenth = lifetime / 10;
        return configured ?? (tenth < LongestTouchInterval ? tenth : LongestTouchInterval);
    }

    /// <summary>
    /// How long a session may live at most; null: without end. By default in proportion to its own idle time, so that a session which was given
    /// weeks ("stay signed in") is not cut to a day.
    /// </summary>
    internal static TimeSpan? Absolute(TimeSpan lifetime, TimeSpan? configured)
    {
        var byLifetime = new TimeSpan(12 * Math.Min(lifetime.Ticks, TimeSpan.MaxValue.Ticks / 12));
        return configured is not { } absolute ? (byLifetime > LeastAbsolute ? byLifetime : LeastAbsolute)
            : absolute == Timeout.InfiniteTimeSpan ? null
            : absolute;
    }

    /// <summary>
    /// When a session that is used now ends: an interval later than its idle time demands, so that requests within
    /// one interval need no touch and still never shorten it.
    /// </summary>
    internal static DateTimeOffset Expires(DateTimeOffset now, DateTimeOffset created, TimeSpan lifetime, FuelSessionsOptions options)
    {
        DateTimeOffset idle = Milliseconds(now + lifetime + TouchInterval(lifetime, options.TouchInterval));
        return Absolute(lifetime, options.AbsoluteExpiration) is { } absolute && absolute < idle - created ? Milliseconds(created + absolute) : idle;
    }

    /// <summary>
    /// When a record ends at the latest, however often it is touched; null: nobody knows. A ticket that cookie authentication keeps has no absolute end:
    /// it may be given a later one, which is its own.
    /// </summary>
    internal static DateTimeOffset? LatestEnd(SessionRecord record, FuelSessionsOptions options) =>
        Absolute(record.Lifetime, options.AbsoluteExpiration) is not { } absolute ? null
        : absolute <= record.Expires - record.Created ? record.Expires
        : absolute < DateTimeOffset.MaxValue - record.Created ? record.Created + absolute
        : DateTimeOffset.MaxValue;

    /// <summary>
    /// When the session was last used: its end tells, to within a touch interval, as uses within one leave no trace. Where its absolute end hides
    /// that, only that it was not before its last save.
    /// </summary>
    internal static (DateTimeOffset Earliest, DateTimeOffset? Latest) LastUse(SessionRecord record, FuelSessionsOptions options)
    {
        // The end was cut to whole milliseconds.
        if (Absolute(record.Lifetime, options.AbsoluteExpiration) is { } absolute
            && record.Expires - record.Created > absolute - TimeSpan.FromMilliseconds(1))
        {
            return (record.Updated, null);
        }

        DateTimeOffset latest = record.Expires - record.Lifetime;
        DateTimeOffset earliest = latest - TouchInterval(record.Lifetime, options.TouchInterval);
        return (earliest > record.Updated ? earliest : record.Updated, latest);
    }

    internal static bool IsTouchDue(SessionRecord record, DateTimeOffset expires, FuelSessionsOptions options)
    {
        TimeSpan gain = expires - record.Expires;
        return gain > TimeSpan.Zero && gain >= TouchInterval(record.Lifetime, options.TouchInterval);
    }

    internal static bool IsOver(SessionRecord record, DateTimeOffset now, FuelSessionsOptions options) =>
        now >= record.Expires || (Absolute(record.Lifetime, options.AbsoluteExpiration) is { } absolute && now - record.Created >= absolute);

    /// <summary>For how long a client is to keep its id: until the session ends, if the next one is sent when it is due [W7].</summary>
    internal static TimeSpan CookieLifetime(TimeSpan lifetime, FuelSessionsOptions options) =>
        lifetime + TouchInterval(lifetime, options.TouchInterval) + (options.RotationTime ?? TimeSpan.Zero);

    // What the record format keeps.
    internal static DateTimeOffset Milliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    /// <summary>Whether the client forgets the id with its browser: as a sign-in has said, or the settings [A1].</summary>
    internal static bool EndsWithBrowser(bool? keepsCookie, FuelSessionsOptions options) => keepsCookie is { } keeps ? !keeps : options.ExpireOnClose;
}
