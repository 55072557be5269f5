using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>
/// Counting on SQLite in a process that removes expired rows meanwhile, and in one that does not, by turns, on the same file.
/// </summary>
internal sealed class CleanUp(StoreHost stores, Measurer measurer, Results results, CancellationToken cancellationToken)
{
    internal static readonly Subject Subject = new("ours", "sqlite");

    // The shortest that there is, so that it has begun when the load does.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const int WarmUps = 3;

    internal async Task RunAsync(int rounds, int seconds, int rows, Random random)
    {
        await stores.EmptyAsync(Subject);
        IBulkStore bulk = await BulkStore.OpenAsync(stores, Subject);
        Console.Error.WriteLine($"clean-up: {rows} expired rows are stored");
        await bulk.AddAsync(BulkSessions.Expired(rows), cancellationToken);
        for (int round = 1; round <= rounds; round++)
        {
            double without = await MeasureAsync(every: null, seconds, random.Next());
            double with = await MeasureAsync(Every, seconds, random.Next());
            long left = await bulk.CountExpiredAsync();
            Console.Error.WriteLine($"clean-up {round} of {rounds}: p99 {without:0} µs without, {with:0} µs with; {left} rows are left");
            if (left == 0)
            {
                throw new InvalidOperationException("The clean-up was over before it was measured.");
            }

            results.CleanUps.Add((with, without));
        }

        await stores.EmptyAsync(Subject);
    }

    private async Task<double> MeasureAsync(TimeSpan? every, int seconds, int seed)
    {
        var settings = new ServerSettings(Subject.Variant, Subject.Store, await stores.ConnectionAsync(Subject), stores.Keys, every);
        await using ServerProcess server = await ServerProcess.StartAsync(settings, cancellationToken);
        string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, 0, cancellationToken);
        await measurer.LoadAsync(server, Scenario.Count, cookies, WarmUps, seed, cancellationToken);
        return (await measurer.LoadAsync(server, Scenario.Count, cookies, seconds, seed, cancellationToken)).P99Microseconds;
    }
}
