using System.Globalization;
using System.Text.RegularExpressions;

namespace FuelSessions.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed partial class HistogramTests(WatchedApp app) : IClassFixture<WatchedApp>
{
    [Theory]
    [InlineData("db_client_operation_duration_seconds", "db_operation_name=\"read\"", 7)]
    [InlineData("db_client_operation_duration_seconds", "db_operation_name=\"read\",db_system_name=\"rivalry\",driver=\"memory\",error_type=\"System.IO.IOException\"", 1)]
    [InlineData("db_client_operation_duration_seconds", "db_operation_name=\"write\"", 6)]
    [InlineData("db_client_operation_duration_seconds", "db_operation_name=\"touch\"", 1)]
    [InlineData("db_client_operation_duration_seconds", "db_operation_name=\"delete\"", 1)]
    [InlineData("fuelsessions_save_attempts", "driver=\"memory\"", 4)]
    [InlineData("fuelsessions_session_size_bytes", "driver=\"memory\"", 4)]
    [InlineData("fuelsessions_session_age_seconds", "reason=\"destroyed\"", 1)]
    public void It_counts_each_time(string histogram, string labels, int expected) =>
        Assert.Equal(expected, Values($"{histogram}_count", labels.Split(',')).Where(series => labels.Contains("error", StringComparison.Ordinal) || !series.Labels.Contains("error", StringComparison.Ordinal)).Sum(series => series.Value));

    [Fact]
    public void Attempts_and_ages_are_what_they_were()
    {
        // Three sessions begun and one revoked took one write each, one that was overtaken twice took three.
        Assert.Equal(1 + 3 + 1 + 1, Values("fuelsessions_save_attempts_sum").Single().Value);
        Assert.Equal(120, Values("fuelsessions_session_age_seconds_sum").Single().Value);
    }

    /// <summary>The conventions' bounds for this metric are among ours, so that dashboards made for those read ours.</summary>
    [Fact]
    public void The_bounds_of_the_conventions_are_kept()
    {
        double[] bounds = [.. Values("db_client_operation_duration_seconds_bucket").Select(series => Bound().Match(series.Labels).Groups[1].Value).Where(bound => bound != "+Inf").Distinct().Select(bound => double.Parse(bound, CultureInfo.InvariantCulture))];
        Assert.All([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10], bound => Assert.Contains(bound, bounds));
        Assert.Contains(bounds, bound => bound < 0.001);
    }

    private (string Labels, double Value)[] Values(string name, params string[] labels) =>
    [
        .. Series().Matches(app.Scraped)
            .Where(line => line.Groups[1].Value == name && labels.All(label => line.Groups[2].Value.Contains(label, StringComparison.Ordinal)))
            .Select(line => (line.Groups[2].Value, double.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture))),
    ];

    [GeneratedRegex(@"^(\w+)\{([^}]*)\} (\S+)", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Bound();
}
