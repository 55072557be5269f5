namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>A store's client, used by hand.</summary>
internal interface IFloorStore
{
    ValueTask<byte[]?> ReadAsync(string id);

    /// <summary>Stores <paramref name="next"/> if what is stored still has the version of <paramref name="read"/>.</summary>
    ValueTask<bool> ReplaceAsync(string id, byte[] read, byte[] next);

    ValueTask AddAsync(string id, byte[] value);
}
