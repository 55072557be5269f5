using FuelSessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health check of sessions.</summary>
public static class FuelSessionsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Tries each driver's store with a record of its own, which it writes, compares, reads and removes; and the Data Protection key ring. Unhealthy
    /// if one of them can't do it, degraded if it is slow. What a store said goes into the log (115) and not into the report.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returns.</param>
    /// <param name="drivers">Registered drivers; none: the app's default one. <c>cookie</c> has no store, <c>memory</c> none that could fail: of them nothing is asked.</param>
    public static IHealthChecksBuilder AddFuelSessions(this IHealthChecksBuilder builder, params string[] drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        return builder.AddFuelSessions(options =>
        {
            foreach (string driver in drivers)
            {
                options.Drivers.Add(driver);
            }
        });
    }

    /// <summary>The same, with another name, tags, or idea of slow.</summary>
    /// <exception cref="ArgumentException">The name is empty, <see cref="FuelSessionsHealthOptions.SlowAfter"/> is not more than zero.</exception>
    public static IHealthChecksBuilder AddFuelSessions(this IHealthChecksBuilder builder, Action<FuelSessionsHealthOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new FuelSessionsHealthOptions();
        configure(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.SlowAfter, TimeSpan.Zero);
        return builder.Add(new HealthCheckRegistration(
            options.Name,
            services => ActivatorUtilities.CreateInstance<SessionsHealthCheck>(services, options),
            failureStatus: null,
            options.Tags));
    }
}
