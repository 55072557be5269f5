using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>What a request does with its session.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="Path">Of the endpoint.</param>
/// <param name="SeededBytes">What the sessions hold beside their counter.</param>
/// <param name="SendsCookie">Whether the requests belong to sessions that are there.</param>
/// <param name="Connections">How many requests are on their way at a time.</param>
/// <param name="App">The kind of app that it needs.</param>
internal sealed record Scenario(string Name, string Path, int SeededBytes = 0, bool SendsCookie = true, int Connections = 32, AppKind App = AppKind.Usual)
{
    internal static readonly Scenario Unused = new("not used", "/unused");
    internal static readonly Scenario Read = new("read", "/read");
    internal static readonly Scenario Count = new("count", "/count");
    internal static readonly Scenario New = new("new", "/new", SendsCookie: false);
    internal static readonly Scenario SignedIn = new("signed in", "/signed-in", App: AppKind.SignedIn);
    internal static readonly Scenario Bound = new("read, bound to its device, over https", "/bound", App: AppKind.Bound);
    internal static readonly Scenario CountAlone = new("count, one connection", "/count", Connections: 1);
    internal static readonly Scenario UnusedFat = new("not used, 4 KB", "/unused", ScenarioEndpoints.FatBytes);
    internal static readonly Scenario ReadFat = new("read, 4 KB", "/read", ScenarioEndpoints.FatBytes);
    internal static readonly Scenario CountFat = new("count, 4 KB", "/count", ScenarioEndpoints.FatBytes);
    internal static readonly Scenario NewFat = new("new, 4 KB", "/new-fat", SendsCookie: false);

    private static readonly Scenario[] Thin = [Unused, Read, Count, New];
    private static readonly Scenario[] Fat = [UnusedFat, ReadFat, CountFat, NewFat];

    /// <summary>What <c>--scenarios</c> calls them.</summary>
    internal static readonly IReadOnlyList<string> Kinds = ["unused", "read", "count", "new", "signed-in", "bound"];

    internal bool IsFat => this == UnusedFat || this == ReadFat || this == CountFat || this == NewFat;

    /// <summary>What the same request costs without a session is measured by.</summary>
    internal Scenario Baseline => App == AppKind.Bound ? Bound : SendsCookie ? Unused : New;

    internal bool Counts => Path == "/count";

    internal string Kind => Path.TrimStart('/').Replace("-fat", "", StringComparison.Ordinal);

    /// <summary>The scenarios that tell something of that subject.</summary>
    internal static IEnumerable<Scenario> For(Subject subject) => subject switch
    {
        // All paths are the same there, but for the cookie and https.
        { IsNone: true } => [Unused, New, Bound],
        { Variant: "unbound" } => [Bound],
        { Variant: "builtin", Store: "cookie" } => [SignedIn],
        { Variant: "ours", Store: "redis" } => [.. Thin, .. Fat, CountAlone, SignedIn, Bound],
        { Variant: "ours", Store: "memory" } => [.. Thin, ReadFat, CountFat, SignedIn, Bound],
        { Store: "redis" } => [.. Thin, .. Fat, CountAlone],
        { Store: "sqlite" or "postgres" or "mysql" } => [.. Thin, ReadFat, CountFat, CountAlone],

        // That what is not used costs the same however large it is, and that what is new is written as a change is, is shown once.
        _ => [.. Thin, ReadFat, CountFat],
    };

    public override string ToString() => Name;
}
