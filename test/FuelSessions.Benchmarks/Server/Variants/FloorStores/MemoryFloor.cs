using System.Collections.Concurrent;

namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>A dictionary; nothing ever leaves it.</summary>
internal sealed class MemoryFloor : IFloorStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    public ValueTask<byte[]?> ReadAsync(string id) => ValueTask.FromResult(_values.GetValueOrDefault(id));

    public ValueTask<bool> ReplaceAsync(string id, byte[] read, byte[] next) => ValueTask.FromResult(_values.TryUpdate(id, next, read));

    public ValueTask AddAsync(string id, byte[] value)
    {
        _values[id] = value;
        return default;
    }
}
