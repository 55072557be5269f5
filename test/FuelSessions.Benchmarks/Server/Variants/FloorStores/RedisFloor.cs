using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>One GET; one EVALSHA that compares the version and sets.</summary>
internal sealed class RedisFloor(IDatabase database) : IFloorStore
{
    private const string Script =
        """
        if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then
          return 0
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    private static readonly byte[] Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Script));
    private static readonly long LifetimeMilliseconds = (long)FloorValue.Lifetime.TotalMilliseconds;

    internal static async Task<RedisFloor> ConnectAsync(string configuration)
    {
        ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        IDatabase database = connection.GetDatabase();

        // Once with its text, so that the server knows it by its hash from here on.
        await database.ScriptEvaluateAsync(Script, ["none"], ["none", "", LifetimeMilliseconds], CommandFlags.NoScriptCache);
        return new RedisFloor(database);
    }

    public async ValueTask<byte[]?> ReadAsync(string id) => await database.StringGetAsync(id);

    public async ValueTask<bool> ReplaceAsync(string id, byte[] read, byte[] next) =>
        (long)await database.ScriptEvaluateAsync(Hash, [id], [read.AsSpan(0, sizeof(long)).ToArray(), next, LifetimeMilliseconds]) == 1;

    public async ValueTask AddAsync(string id, byte[] value) => await database.StringSetAsync(id, value, FloorValue.Lifetime, When.Always, CommandFlags.None);
}
