namespace FuelSessions.Demo.Web;

internal static class Age
{
    /// <summary>How long ago it was, in the largest unit that fits: <c>3 minutes ago</c>.</summary>
    internal static string Of(DateTimeOffset time, DateTimeOffset now) => (now - time) switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 1 } age => Text((int)age.TotalSeconds, "second"),
        { TotalHours: < 1 } age => Text((int)age.TotalMinutes, "minute"),
        { TotalDays: < 1 } age => Text((int)age.TotalHours, "hour"),
        TimeSpan age => Text((int)age.TotalDays, "day"),
    };

    private static string Text(int number, string unit) => number == 1 ? $"1 {unit} ago" : $"{number} {unit}s ago";
}
