using System.Diagnostics;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>A Redis Cluster of three masters, and a way to move its slots. A collection fixture.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private const int Slots = 16384;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly int[] _owners = new int[Slots];
    private readonly string[] _ids = new string[3];
    private RedisServer[] _nodes = [];

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>How StackExchange.Redis reaches it, by all nodes; skips the test if there is no server.</summary>
    public string Configuration => string.Join(',', _nodes.Select(node => node.Configuration));

    public async Task InitializeAsync()
    {
        // All tests on the cluster depend on this one start, and a node that lost a first message is not asked again.
        for (int attempts = 3; await TryStartAsync() is { } failure; attempts--)
        {
            Assert.True(attempts > 1, failure);
            await DisposeAsync();
        }
    }

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(node => node.DisposeAsync()));

    public async Task<int> SlotOfAsync(string key) => (int)(long)(await _nodes[0].SendAsync("CLUSTER", "KEYSLOT", key))!;

    /// <summary>The slots that hold keys with that prefix, as far as one look around finds them.</summary>
    public async Task<int[]> SlotsInUseAsync(string prefix)
    {
        HashSet<int> slots = [];
        foreach (RedisServer node in _nodes)
        {
            foreach (object? key in (object?[])(await node.SendAsync("KEYS", prefix + "*"))!)
            {
                slots.Add(await SlotOfAsync((string)key!));
            }
        }

        return [.. slots];
    }

    /// <summary>
    /// Moves a slot to the next node, as resharding does. <paramref name="halfway"/> is waited for twice: before its keys move, and when they have
    /// moved but the nodes still redirect to where they are going.
    /// </summary>
    public async Task MoveAsync(int slot, Func<Task> halfway)
    {
        int source = _owners[slot];
        int target = (source + 1) % _nodes.Length;
        await SetSlotAsync(target, slot, "IMPORTING", _ids[source]);
        await SetSlotAsync(source, slot, "MIGRATING", _ids[target]);
        await halfway();
        while (await _nodes[source].SendAsync("CLUSTER", "GETKEYSINSLOT", $"{slot}", "100") is object?[] { Length: > 0 } keys)
        {
            await _nodes[source].SendAsync(
                ["MIGRATE", "127.0.0.1", $"{_nodes[target].Port}", "", "0", "10000", "KEYS", .. keys.Cast<string>()]);
        }

        await halfway();
        _owners[slot] = target;
        await SetSlotAsync(target, slot, "NODE", _ids[target]);
        await SetSlotAsync(source, slot, "NODE", _ids[target]);
        await SetSlotAsync((target + 1) % _nodes.Length, slot, "NODE", _ids[target]);
    }

    /// <summary>Null once all nodes serve all slots, or if there is no server; otherwise what each of them knows.</summary>
    private async Task<string?> TryStartAsync()
    {
        _nodes = [.. Enumerable.Range(0, 3).Select(_ => new RedisServer { IsClusterNode = true })];
        await Task.WhenAll(_nodes.Select(node => node.InitializeAsync()));
        if (_nodes[0].MissingReason is not null)
        {
            return null;
        }

        for (int node = 0; node < _nodes.Length; node++)
        {
            _ids[node] = (string)(await _nodes[node].SendAsync("CLUSTER", "MYID"))!;
            (int first, int last) = (node * Slots / 3, ((node + 1) * Slots / 3) - 1);
            Array.Fill(_owners, node, first, last - first + 1);
            await _nodes[node].SendAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{node + 1}");
            await _nodes[node].SendAsync("CLUSTER", "ADDSLOTSRANGE", $"{first}", $"{last}");
        }

        for (int node = 1; node < _nodes.Length; node++)
        {
            await _nodes[0].SendAsync("CLUSTER", "MEET", "127.0.0.1", $"{_nodes[node].Port}", $"{_nodes[node].BusPort}");
        }

        var waited = Stopwatch.StartNew();
        while (!(await Task.WhenAll(_nodes.Select(IsCompleteAsync))).All(complete => complete))
        {
            if (waited.Elapsed > Longest)
            {
                object?[] known = await Task.WhenAll(_nodes.Select(node => node.SendAsync("CLUSTER", "NODES")));
                return $"The nodes of the cluster did not find each other. They know:\n{string.Join('\n', known)}";
            }

            await Task.Delay(50);
        }

        return null;
    }

    private Task SetSlotAsync(int node, int slot, string state, string id) => _nodes[node].SendAsync("CLUSTER", "SETSLOT", $"{slot}", state, id);

    private static async Task<bool> IsCompleteAsync(RedisServer node) =>
        await node.SendAsync("CLUSTER", "INFO") is string info
        && info.Contains("cluster_state:ok", StringComparison.Ordinal)
        && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
        && info.Contains("cluster_size:3", StringComparison.Ordinal)
        && info.Contains($"cluster_slots_ok:{Slots}", StringComparison.Ordinal);
}
