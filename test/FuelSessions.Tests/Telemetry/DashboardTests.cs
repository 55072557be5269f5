using System.Text.Json;
using System.Text.RegularExpressions;

namespace FuelSessions.Tests.Telemetry;

/// <summary>docs/grafana.json shows what a running app tells Prometheus, all of it, and nothing else.</summary>
[Collection(TelemetryCollection.Name)]
public sealed partial class DashboardTests(WatchedApp app) : IClassFixture<WatchedApp>
{
    private static readonly JsonElement Dashboard = Read();

    private static JsonElement[] Panels { get; } = [.. Dashboard.GetProperty("panels").EnumerateArray()];

    private static string[] Expressions { get; } = [.. Panels.SelectMany(Targets).Select(target => target.GetProperty("expr").GetString()!)];

    public static TheoryData<string> Queries => [.. Expressions];

    [Theory, MemberData(nameof(Queries))]
    public void Each_query_finds_series_with_the_labels_that_it_uses(string query)
    {
        foreach (Match selector in Selector().Matches(query))
        {
            string name = selector.Groups[1].Value;
            string[] series = [.. app.Scraped.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))];
            Assert.True(series.Length > 0, $"{name} is not among what the app tells.");
            string[] labels = [.. Label().Matches(selector.Groups[2].Value).Select(label => label.Groups[1].Value), .. Grouped().Match(query).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            Assert.All(labels, label => Assert.Contains(series, line => line.Contains($"{{{label}=\"", StringComparison.Ordinal) || line.Contains($",{label}=\"", StringComparison.Ordinal)));
        }

        Assert.NotEmpty(Selector().Matches(query));
    }

    [Fact]
    public void Each_metric_is_on_it()
    {
        string[] told = [.. Type().Matches(app.Scraped).Select(line => line.Groups[1].Value).Where(name => name != "target_info")];
        Assert.InRange(told.Length, 10, 30);
        string queries = string.Join('\n', Expressions);
        Assert.All(told, name => Assert.Contains(name, queries, StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_put_together_as_Grafana_reads_it()
    {
        Assert.True(Dashboard.GetProperty("schemaVersion").GetInt32() >= 39);
        Assert.All(Dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("current")), chosen => Assert.True(chosen.TryGetProperty("text", out _) && chosen.TryGetProperty("value", out _)));
        string[] variables = [.. Dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!)];
        Assert.All(Variable().Matches(Dashboard.GetRawText()), used => Assert.Contains(used.Groups[1].Value, (IEnumerable<string>)[.. variables, "__rate_interval", "__all"]));
        Assert.Equal(Panels.Length, Panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        var taken = new HashSet<(int, int)>();
        foreach (JsonElement at in Panels.Select(panel => panel.GetProperty("gridPos")))
        {
            for (int x = Number(at, "x"); x < Number(at, "x") + Number(at, "w"); x++)
            {
                Assert.InRange(x, 0, 23);
                Assert.All(Enumerable.Range(Number(at, "y"), Number(at, "h")), y => Assert.True(taken.Add((x, y)), $"Two panels are at {x}, {y}."));
            }
        }

        foreach (JsonElement panel in Panels.Where(panel => panel.GetProperty("type").GetString() != "row"))
        {
            Assert.Equal(Targets(panel).Count(), Targets(panel).Select(target => target.GetProperty("refId").GetString()).Distinct().Count());
            Assert.All(Targets(panel).Append(panel), part => Assert.Equal("${datasource}", part.GetProperty("datasource").GetProperty("uid").GetString()));
            Assert.NotEqual("", panel.GetProperty("description").GetString());
            JsonElement legend = panel.GetProperty("options").GetProperty("legend");
            Assert.True(legend.GetProperty("showLegend").GetBoolean());
            Assert.Equal(JsonValueKind.Array, legend.GetProperty("calcs").ValueKind);
        }
    }

    private static IEnumerable<JsonElement> Targets(JsonElement panel) => panel.TryGetProperty("targets", out JsonElement targets) ? targets.EnumerateArray() : [];

    private static int Number(JsonElement place, string name) => place.GetProperty(name).GetInt32();

    private static JsonElement Read()
    {
        using Stream file = typeof(DashboardTests).Assembly.GetManifestResourceStream("docs/grafana.json")!;
        return JsonDocument.Parse(file).RootElement.Clone();
    }

    [GeneratedRegex(@"(\w+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*[=!]~?")]
    private static partial Regex Label();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"^# TYPE (\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"\$\{?(\w+)\}?")]
    private static partial Regex Variable();
}
