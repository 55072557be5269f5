namespace FuelSessions.Benchmarks.Load;

/// <summary>What is measured: a variant on a store.</summary>
internal sealed record Subject(string Variant, string Store)
{
    internal static readonly Subject None = new("none", "-");

    /// <summary>
    /// All that are compared. Memcached has no floor: no client for it is to be had but ours. Unbound is ours in an app that binds no session to a device;
    /// built-in on the cookie is the platform's cookie authentication.
    /// </summary>
    internal static readonly IReadOnlyList<Subject> All =
    [
        None,
        new("floor", "memory"), new("builtin", "memory"), new("unbound", "memory"), new("ours", "memory"),
        new("floor", "redis"), new("builtin", "redis"), new("unbound", "redis"), new("ours", "redis"),
        new("ours", "memcached"),
        new("floor", "sqlite"), new("ours", "sqlite"),
        new("floor", "postgres"), new("ours", "postgres"),
        new("ours", "mysql"),
        new("builtin", "cookie"), new("ours", "cookie"),
    ];

    internal bool IsNone => this == None;

    /// <summary>Whether the client keeps the session itself: then there is nothing at the server to count or to lose.</summary>
    internal bool IsCarried => Store == "cookie";

    public override string ToString() => IsNone ? Variant : $"{Variant} on {Store}";
}
