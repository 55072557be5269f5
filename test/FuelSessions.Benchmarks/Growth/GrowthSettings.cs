using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>How far and how thoroughly growth is to be measured.</summary>
/// <param name="Only">What grows.</param>
/// <param name="Stores">For stored sessions and expired rows.</param>
/// <param name="Most">No more sessions, rows or bytes than that.</param>
/// <param name="Seconds">Of one measurement.</param>
/// <param name="Rounds">How often each is done; the figures are medians.</param>
/// <param name="Page">The page whose section is written anew; the charts go into a folder of its name beside it. Null: neither.</param>
internal sealed record GrowthSettings(IReadOnlyList<string> Only, IReadOnlyList<string> Stores, int Most, int Seconds, int Rounds, string? Page)
{
    internal static GrowthSettings Parse(Arguments arguments)
    {
        var settings = new GrowthSettings(
            arguments.List("--only", "payload", "variables", "memory", "connections", "sessions", "listing", "expired"),
            arguments.List("--stores", "redis", "sqlite", "postgres"),
            arguments.Number("--max", 1_000_000, 1000, 10_000_000),
            arguments.Number("--seconds", 1, 1, 60),
            arguments.Number("--rounds", 3, 1, 100),
            arguments.Text("--page"));
        arguments.ThrowIfUnknown();
        return settings;
    }

    /// <summary>The steps that are not beyond the most.</summary>
    internal IEnumerable<int> Steps(params IEnumerable<int> steps) => steps.Where(step => step <= Most);

    internal IEnumerable<Subject> Ours(params IEnumerable<string> stores) => stores.Where(Stores.Contains).Select(store => new Subject("ours", store));
}
