using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Dashboard;

/// <summary>What the page is told every few seconds.</summary>
internal sealed record Latest(
    string Node, DateTimeOffset Now, int SlotSeconds, IEnumerable<LatestSeries> Series, IEnumerable<Happening> Events, IReadOnlyList<DriverSettings> Settings, string? Notice);

/// <param name="Highest">Of histograms only.</param>
internal sealed record LatestSeries(string Name, string Driver, string Part, double[] Values, double[]? Highest);

/// <param name="Handle">Which of that user's sessions; null: all of them.</param>
internal sealed record Asked(string Principal, string? Handle);

internal sealed record ListedSessions(IReadOnlyList<RegisteredSession> Sessions);

internal sealed record EndedSessions(int Ended);

internal sealed record Refusal(string Error);

/// <summary>Not the app's JSON: the page knows these names. Generated, as a trimmed app finds no properties of its own accord and would answer with an empty object.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Latest))]
[JsonSerializable(typeof(Asked))]
[JsonSerializable(typeof(ListedSessions))]
[JsonSerializable(typeof(EndedSessions))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class DashboardJson : JsonSerializerContext;
