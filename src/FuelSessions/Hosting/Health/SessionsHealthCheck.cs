using FuelSessions.Drivers;
using FuelSessions.Engine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FuelSessions;

/// <summary>Whether sessions can be kept. The report may be read by anybody: it names drivers, and what they could not do in words of ours.</summary>
internal sealed class SessionsHealthCheck(
    FuelSessionsHealthOptions options,
    SessionProfiles profiles,
    DriverRegistry drivers,
    KeyRingProbe keyRing,
    TimeProvider clock,
    SessionDiagnostics diagnostics) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IEnumerable<string> asked = options.Drivers.Count > 0 ? options.Drivers : [profiles.Default];
        Finding keys = await TryAsync("key ring", () => keyRing.TryAsync(profiles.For(profiles.Default).StoreTimeout)).ConfigureAwait(false);
        Finding[] stores = await Task.WhenAll(asked
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => TryAsync($"driver {name}", () => TryStoreAsync(name)))).ConfigureAwait(false);
        Finding[] found = [.. stores, keys];

        HealthStatus worst = found.Min(finding => finding.Status);
        string description = string.Join("; ", found.Where(finding => finding.Status == worst).Select(finding => $"{finding.What}: {finding.Text}"));
        var data = found.ToDictionary(finding => finding.What, finding => (object)finding.Text, StringComparer.Ordinal);
        return new HealthCheckResult(worst == HealthStatus.Unhealthy ? context.Registration.FailureStatus : worst, worst == HealthStatus.Healthy ? null : description, exception: null, data);
    }

    private async Task<TimeSpan> TryStoreAsync(string name)
    {
        DriverRegistration registration = drivers.Find(name);
        if (registration.Create is null)
        {
            return TimeSpan.Zero;
        }

        // Not on the caller's thread: a driver that is made at its first use may look at its store then.
        TimeSpan timeout = profiles.For(registration.Name).StoreTimeout;
        ISessionDriver driver = await LeftAlone.MayBe(Task.Run(() => drivers.Driver(registration.Name))).WaitAsync(timeout).ConfigureAwait(false);

        // A record more would cost a visitor his, once it is full.
        return drivers.Existing<MemorySessionDriver>(registration.Name) is not null
            ? TimeSpan.Zero
            : await new StoreProbe(new SessionStorage(registration.Name, driver), timeout, clock).RunAsync().ConfigureAwait(false);
    }

    private async Task<Finding> TryAsync(string what, Func<Task<TimeSpan>> tryAsync)
    {
        try
        {
            TimeSpan slowest = await tryAsync().ConfigureAwait(false);
            return slowest < options.SlowAfter
                ? new Finding(what, HealthStatus.Healthy, "works")
                : new Finding(what, HealthStatus.Degraded, $"slow: {slowest.TotalMilliseconds:0} ms");
        }
        catch (Exception error)
        {
            diagnostics.Unhealthy(what, error);
            return new Finding(what, HealthStatus.Unhealthy, error is StoreProbeException ? error.Message : "can't be used");
        }
    }

    private sealed record Finding(string What, HealthStatus Status, string Text);
}
