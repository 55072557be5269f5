using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Load.Stores;

namespace FuelSessions.Benchmarks.Growth.Bulk;

internal static class BulkStore
{
    internal static async Task<IBulkStore> OpenAsync(StoreHost stores, Subject subject)
    {
        string connection = (await stores.ConnectionAsync(subject))!;
        return subject.Store switch
        {
            "redis" => new RedisBulk(stores.Redis.Port),
            "sqlite" => new SqliteBulk(connection),
            "postgres" => new PostgresBulk(connection),
            _ => throw new UsageException($"Nothing is stored in bulk on '{subject.Store}'."),
        };
    }
}
