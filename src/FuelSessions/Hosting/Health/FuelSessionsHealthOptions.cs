namespace FuelSessions;

/// <summary>How the health check of sessions is registered, and what it asks.</summary>
public sealed class FuelSessionsHealthOptions
{
    /// <summary>What the check is called in a health report. Default <c>fuelsessions</c>.</summary>
    public string Name { get; set; } = "fuelsessions";

    /// <summary>For filters of health endpoints. Default none.</summary>
    public IList<string> Tags { get; } = [];

    /// <summary>Registered drivers whose stores are tried; ignores case. Default none: the app's default driver is.</summary>
    public IList<string> Drivers { get; } = [];

    /// <summary>
    /// From when on a call to a store counts as slow: the check is then degraded. Default 500 ms; more than zero. A call that takes longer than
    /// <see cref="FuelSessionsOptions.StoreTimeout"/> has failed.
    /// </summary>
    public TimeSpan SlowAfter { get; set; } = TimeSpan.FromMilliseconds(500);
}
