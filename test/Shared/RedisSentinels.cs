using System.Diagnostics;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>A master, its replica, and three Sentinels that watch them and make the replica the master when they must.</summary>
/// <param name="settings">The two servers' settings as on the command line.</param>
public sealed class RedisSentinels(params string[] settings) : IAsyncLifetime
{
    /// <summary>What the Sentinels call it.</summary>
    public const string Service = "sessions";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private RedisServer[] _sentinels = [];

    /// <summary>The master at the beginning.</summary>
    public RedisServer First { get; } = new() { Settings = settings };

    /// <summary>Its replica at the beginning.</summary>
    public RedisServer Second { get; } = new() { Settings = settings };

    /// <summary>After how long without an answer a Sentinel takes a server for down.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How StackExchange.Redis reaches the master, whoever that is; skips the test if there is no server.</summary>
    public string Configuration => $"{string.Join(',', _sentinels.Select(sentinel => sentinel.Configuration))},serviceName={Service}";

    public async Task InitializeAsync()
    {
        await Task.WhenAll(First.InitializeAsync(), Second.InitializeAsync());
        _sentinels = [.. Enumerable.Range(0, 3).Select(_ => new RedisServer { Sentinel = First.MissingReason is null ? Watching() : "" })];
        await Task.WhenAll(_sentinels.Select(sentinel => sentinel.InitializeAsync()));
        if (First.MissingReason is not null)
        {
            return;
        }

        await Second.SendAsync("REPLICAOF", "127.0.0.1", $"{First.Port}");
        await UntilAsync("The Sentinels did not find each other and the replica.", async () =>
        {
            foreach (RedisServer sentinel in _sentinels)
            {
                string info = (string)(await sentinel.SendAsync("INFO", "sentinel"))!;
                if (!info.Contains("status=ok", StringComparison.Ordinal)
                    || !info.Contains("slaves=1,sentinels=3", StringComparison.Ordinal)
                    || !((string)(await Second.SendAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        });
    }

    /// <summary>Makes the replica the master, as for maintenance.</summary>
    public async Task FailOverAsync()
    {
        // Refused as long as the Sentinels have not heard enough of the replica.
        await UntilAsync("The failover was refused.", async () =>
        {
            try
            {
                await _sentinels[0].SendAsync("SENTINEL", "FAILOVER", Service);
                return true;
            }
            catch (InvalidOperationException error) when (error.Message.StartsWith("NOGOODSLAVE", StringComparison.Ordinal))
            {
                return false;
            }
        });
    }

    /// <summary>Waits until the replica has all that the master has.</summary>
    public async Task UntilReplicatedAsync()
    {
        await using RedisWire master = await RedisWire.OpenAsync(First.Port);

        // WAIT counts what this very connection has written.
        await master.SendAsync("SET", "replicated", "1");
        Assert.Equal(1L, await master.SendAsync("WAIT", "1", "10000"));
    }

    /// <summary>Waits until all Sentinels name that one the master.</summary>
    public Task UntilMasterIsAsync(RedisServer server) => UntilAsync("The other server did not become the master.", async () =>
    {
        foreach (RedisServer sentinel in _sentinels)
        {
            var address = (object?[])(await sentinel.SendAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Service))!;
            if ((string?)address[1] != $"{server.Port}")
            {
                return false;
            }
        }

        return true;
    });

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_sentinels.Select(sentinel => sentinel.DisposeAsync()));
        await Task.WhenAll(First.DisposeAsync(), Second.DisposeAsync());
    }

    private string Watching() =>
        $"""
        sentinel monitor {Service} 127.0.0.1 {First.Port} 2
        sentinel down-after-milliseconds {Service} {DownAfter.TotalMilliseconds}
        sentinel failover-timeout {Service} 10000

        """;

    private static async Task UntilAsync(string failure, Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Longest, failure);
            await Task.Delay(50);
        }
    }
}
