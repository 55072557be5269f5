using System.Diagnostics;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Failover;

/// <summary>What a failover costs: the figures of docs/redis.md. Not a test, as they depend on the machine; build/failover.sh prints them.</summary>
internal static class FailoverFigures
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(150);
    private static readonly string[] MinReplicas = ["--min-replicas-to-write", "1"];

    internal static async Task PrintAsync()
    {
        Console.WriteLine("| what happens | `min-replicas-to-write` | changes acknowledged | of these missing | errors for |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: |");
        foreach (string[] settings in (string[][])[[], MinReplicas])
        {
            string setting = settings.Length == 0 ? "0" : "1";
            await MeasureAsync($"the master is killed, and back 15 s later | {setting}", settings, KillAsync);
            await MeasureAsync($"the master stands still for 10 s | {setting}", settings, StandStillAsync);
            await MeasureAsync($"planned (`SENTINEL FAILOVER`) | {setting}", settings, redis => redis.FailOverAsync());
        }

        await MeasureWithoutSentinelAsync("two addresses, no Sentinel; the master is killed, the other one promoted | 0", "");
        await MeasureWithoutSentinelAsync("the same with `configCheckSeconds=5` | 0", ",configCheckSeconds=5");
    }

    private static async Task MeasureAsync(string what, string[] settings, Func<RedisSentinels, Task> failAsync)
    {
        var redis = new RedisSentinels(settings);
        try
        {
            await redis.InitializeAsync();
            await MeasureAsync(what, redis.Configuration, () => failAsync(redis));
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task MeasureWithoutSentinelAsync(string what, string options)
    {
        var first = new RedisServer();
        var second = new RedisServer();
        try
        {
            await Task.WhenAll(first.InitializeAsync(), second.InitializeAsync());
            await second.SendAsync("REPLICAOF", "127.0.0.1", $"{first.Port}");
            while (!((string)(await second.SendAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal))
            {
                await Task.Delay(50);
            }

            await MeasureAsync(what, $"{first.Configuration},{second.Configuration}{options}", async () =>
            {
                await first.KillAsync();
                await second.SendAsync("REPLICAOF", "NO", "ONE");
            });
        }
        finally
        {
            await Task.WhenAll(first.DisposeAsync(), second.DisposeAsync());
        }
    }

    private static async Task MeasureAsync(string what, string redis, Func<Task> failAsync)
    {
        await using FailoverUsers users = await FailoverUsers.StartAsync(redis);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await failAsync();
        var waited = Stopwatch.StartNew();

        // Long enough for a server that was master to learn that it is none any more, also if no request fails.
        while (waited.Elapsed < TimeSpan.FromSeconds(20) || (!users.HaveRecovered && users.Errors > TimeSpan.Zero && waited.Elapsed < Longest))
        {
            await Task.Delay(100);
        }

        (int acknowledged, int missing) = await users.EndAsync();
        Console.WriteLine($"| {what} | {acknowledged:N0} | {missing:N0} | {users.Errors.TotalSeconds:0.0} s |");
    }

    private static async Task KillAsync(RedisSentinels redis)
    {
        await redis.First.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(15));
        await redis.First.StartAsync();
    }

    private static async Task StandStillAsync(RedisSentinels redis)
    {
        await redis.First.PauseAsync();
        await Task.Delay(TimeSpan.FromSeconds(10));
        await redis.First.ResumeAsync();
    }
}
