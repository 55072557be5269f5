using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>
/// Sends to redis what Microsoft.Extensions.Caching.StackExchangeRedis 9 and 10 send, in the same order and waited for in the same way, for
/// entries with a sliding expiration only, which is what the built-in session writes:
/// a get is HMGET of end, window and data, then EXPIRE; a refresh is the same without the data; a set is HMSET and EXPIRE in one go.
/// That package is not used itself because it asks for a newer client than the one that is compared with.
/// </summary>
internal sealed class RedisDistributedCache(IDatabase database) : IDistributedCache
{
    private const long None = -1;

    private static readonly RedisValue[] Whole = ["absexp", "sldexp", "data"];
    private static readonly RedisValue[] Times = ["absexp", "sldexp"];

    public byte[]? Get(string key) => GetAndRefresh(key, Whole);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => GetAndRefreshAsync(key, Whole);

    public void Refresh(string key) => GetAndRefresh(key, Times);

    public Task RefreshAsync(string key, CancellationToken token = default) => GetAndRefreshAsync(key, Times);

    public void Remove(string key) => database.KeyDelete(key);

    public Task RemoveAsync(string key, CancellationToken token = default) => database.KeyDeleteAsync(key);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        IBatch batch = database.CreateBatch();
        Task fields = batch.HashSetAsync(key, Fields(value, options));
        Task expiry = batch.KeyExpireAsync(key, Window(options), CommandFlags.None);
        batch.Execute();
        database.WaitAll(fields, expiry);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await Task.WhenAll(
            database.HashSetAsync(key, Fields(value, options)),
            database.KeyExpireAsync(key, Window(options), CommandFlags.None)).ConfigureAwait(false);
    }

    private static HashEntry[] Fields(byte[] value, DistributedCacheEntryOptions options) =>
        [new("absexp", None), new("sldexp", Window(options).Ticks), new("data", value)];

    private static TimeSpan Window(DistributedCacheEntryOptions options) =>
        options is { SlidingExpiration: { } window, AbsoluteExpiration: null, AbsoluteExpirationRelativeToNow: null }
            ? window
            : throw new NotSupportedException("Only entries with a sliding expiration are measured.");

    private static TimeSpan? WindowOf(RedisValue[] stored) => (long?)stored[1] is { } ticks and not None ? new TimeSpan(ticks) : null;

    private static byte[]? DataOf(RedisValue[] stored) => stored.Length > 2 && !stored[2].IsNull ? (byte[]?)stored[2] : null;

    private byte[]? GetAndRefresh(string key, RedisValue[] wanted)
    {
        RedisValue[] stored = database.HashGet(key, wanted);
        if (WindowOf(stored) is { } window)
        {
            database.KeyExpire(key, window, CommandFlags.None);
        }

        return DataOf(stored);
    }

    private async Task<byte[]?> GetAndRefreshAsync(string key, RedisValue[] wanted)
    {
        RedisValue[] stored = await database.HashGetAsync(key, wanted).ConfigureAwait(false);
        if (WindowOf(stored) is { } window)
        {
            await database.KeyExpireAsync(key, window, CommandFlags.None).ConfigureAwait(false);
        }

        return DataOf(stored);
    }
}
