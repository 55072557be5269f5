using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using Microsoft.Extensions.Hosting;

namespace FuelSessions;

/// <summary>Removes expired records in small batches, in the background, for the drivers whose stores don't do it.</summary>
internal sealed class ExpiredSessionCollector(SessionProfiles profiles, DriverRegistry drivers, TimeProvider clock, SessionDiagnostics diagnostics)
    : BackgroundService
{
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

        var pace = new CollectionPace();
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            {
                // A driver that nothing has used yet is not made for this.
                if (drivers.Existing<ICollectExpired>(name) is { } driver)
                {
                    await CollectAsync(name, driver, pace, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The app ends.
        }
    }

    private async Task CollectAsync(string name, ICollectExpired driver, CollectionPace pace, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                int batch = pace.Batch;
                long start = Stopwatch.GetTimestamp();
                int removed = await driver.CollectExpiredAsync(batch, stopping).ConfigureAwait(false);
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                if (removed > 0)
                {
                    diagnostics.Collected(name, removed);
                }

                if (removed < batch)
                {
                    return;
                }

                // Real time on purpose, and twice as long again: the store is at most for a third the clean-up's.
                pace.Took(took);
                await Task.Delay((2 * took) + TimeSpan.FromMilliseconds(1), stopping).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            diagnostics.CollectionFailed(name, error);
        }
    }
}
