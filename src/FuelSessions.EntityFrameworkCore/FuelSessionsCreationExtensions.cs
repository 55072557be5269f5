using FuelSessions.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Creates the db driver's tables.</summary>
public static class FuelSessionsCreationExtensions
{
    /// <summary>
    /// Creates the db driver's tables (sessions, and <c>data_protection_keys</c>) where they are missing, and the database if
    /// there is none. Leaves what exists alone, other tables included; may run in several processes at the same time. For an app's own
    /// context with migrations, run those instead.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    /// <returns>A task that ends when the tables are there.</returns>
    /// <exception cref="InvalidOperationException">The db driver is not registered.</exception>
    public static Task EnsureFuelSessionsCreatedAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        LeasedDatabase database = services.GetService<LeasedDatabase>()
            ?? throw new InvalidOperationException("Session driver 'db' is not registered. Call AddFuelSessions().AddDbDriver(...).");
        return database.EnsureCreatedAsync(cancellationToken);
    }

    /// <inheritdoc cref="EnsureFuelSessionsCreatedAsync(IServiceProvider, CancellationToken)"/>
    /// <param name="host">The app.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    public static Task EnsureFuelSessionsCreatedAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Services.EnsureFuelSessionsCreatedAsync(cancellationToken);
    }
}
