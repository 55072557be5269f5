using FuelSessions.Drivers;
using FuelSessions.Engine;
using Microsoft.Extensions.Hosting;

namespace FuelSessions;

/// <summary>Removes expired records in small batches, in the background, for the drivers whose stores don't do it.</summary>
internal sealed class ExpiredSessionCollector(SessionProfiles profiles, DriverRegistry drivers, TimeProvider clock, SessionDiagnostics diagnostics)
    : BackgroundService
{
    private const int Batch = 500;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(drivers.Registrations
            .Where(registration => registration.Create is not null)
            .Select(registration => CollectAsync(registration.Name, profiles.For(registration.Name).GcInterval, stoppingToken)));

    private async Task CollectAsync(string name, TimeSpan interval, CancellationToken stopping)
    {
        if (interval == TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            {
                // A driver that nothing has used yet is not made for this.
                if (drivers.Existing(name) is ICollectExpired driver)
                {
                    await CollectAsync(name, driver, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The app ends.
        }
    }

    private async Task CollectAsync(string name, ICollectExpired driver, CancellationToken stopping)
    {
        try
        {
            int removed;
            do
            {
                removed = await driver.CollectExpiredAsync(Batch, stopping).ConfigureAwait(false);
                if (removed > 0)
                {
                    diagnostics.Collected(name, removed);
                }

                // Between two batches, whoever waits for the store comes first.
                await Task.Yield();
            }
            while (removed >= Batch && !stopping.IsCancellationRequested);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            diagnostics.CollectionFailed(name, error);
        }
    }
}
