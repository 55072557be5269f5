using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>
/// Endpoints that wait for redis on their thread, in a process that has just started: its thread pool has as many threads as the machine
/// has cores, and 32 requests at once block them all. The figure is what is answered after the first second, from the server's own
/// timeline; the same endpoint written asynchronously, in another fresh process, is what it is compared with.
/// </summary>
internal sealed class ColdStart(StoreHost stores, Results results, CancellationToken cancellationToken)
{
    private const int Seconds = 3;
    private const int TicksPerSecond = 10;

    /// <param name="subject">On redis.</param>
    /// <param name="warm">A server of that variant that is up. It begins the sessions, so that the fresh one has done nothing yet.</param>
    /// <param name="synchronous">Which of the two endpoints.</param>
    /// <param name="seed">Of the order of the cookies.</param>
    internal async Task RunAsync(Subject subject, ServerProcess warm, bool synchronous, int seed)
    {
        await stores.EmptyAsync(subject);
        string[] cookies = await Sessions.BeginAsync(warm, Sessions.Usual, 0, cancellationToken);
        await File.WriteAllLinesAsync(stores.CookieFile, cookies, cancellationToken);

        var settings = new ServerSettings(subject.Variant, subject.Store, await stores.ConnectionAsync(subject), stores.Keys, KeepsTimeline: true);
        await using ServerProcess fresh = await ServerProcess.StartAsync(settings, cancellationToken);
        await Wrk.RunAsync(fresh.Url(synchronous ? "/count-sync" : "/count"), stores.CookieFile, 32, Seconds, seed, cancellationToken);
        bool counted = await Sessions.SumAsync(warm, cookies, cancellationToken) > 0;
        if (!counted && subject.Variant == "ours")
        {
            throw new InvalidOperationException($"{subject}: the fresh process did not count in the sessions that it was sent.");
        }

        long[] timeline = (await fresh.SettledStatsAsync(cancellationToken)).Timeline;

        // The last tenth may have seen wrk stop.
        int last = Math.Min(timeline.Length, Seconds * TicksPerSecond) - 2;
        if (last <= TicksPerSecond)
        {
            throw new InvalidOperationException($"{subject}: the timeline of a cold start ends after {timeline.Length} tenths of a second.");
        }

        // The built-in session answers without a session when the store can't be reached in time, as when all threads wait for it.
        double rate = !counted ? 0 : (double)(timeline[last] - timeline[TicksPerSecond]) * TicksPerSecond / (last - TicksPerSecond);
        if (!results.ColdStarts.TryGetValue((subject.Variant, synchronous), out List<double>? rates))
        {
            results.ColdStarts.Add((subject.Variant, synchronous), rates = []);
        }

        rates.Add(rate);
    }
}
