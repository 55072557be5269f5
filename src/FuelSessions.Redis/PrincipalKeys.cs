using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.Records;
using FuelSessions.Redis.Connections;
using FuelSessions.Redis.Scripts;
using StackExchange.Redis;

namespace FuelSessions.Redis;

/// <summary>
/// Which sessions belong to whom: a sorted set a principal, of session keys by the time at which they were last announced. In a cluster it is on another node than the
/// records, so it can't be written in one step with them: it is written first. What it says too much is taken out when it is met, an hour later, as by then no write can be
/// on its way any more that it was announced for.
/// </summary>
internal sealed class PrincipalKeys(RedisConnection connection, byte[] prefix)
{
    private static readonly TimeSpan OnItsWay = TimeSpan.FromHours(1);

    internal ValueTask<bool> AddAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // At least until nothing can be on its way any more.
        RedisValue left = latestEnd is { } end ? Math.Max((long)(end - now).TotalMilliseconds, (long)(2 * OnItsWay).TotalMilliseconds) : "";
        return connection.RunAsync(
            (Name: new[] { NameOf(prefix, principal) }, Values: new RedisValue[] { key.ToByteArray(), now.ToUnixTimeMilliseconds(), left }),
            static (database, call, withText) => PrincipalScripts.Add.EvaluateAsync(database, call.Name, call.Values, withText),
            static (_, _) => true,
            cancellationToken);
    }

    internal ValueTask<(SessionKey Key, long Announced)[]> AllAsync(string principal, CancellationToken cancellationToken) => connection.RunAsync(
        NameOf(prefix, principal),
        static (database, name, _) => database.SortedSetRangeByRankWithScoresAsync(name, flags: CommandFlags.DemandMaster),
        static (_, entries) => entries
            .Where(entry => ((byte[]?)entry.Element)?.Length == SessionKey.Size)
            .Select(entry => (SessionKey.FromBytes((byte[])entry.Element!), (long)entry.Score))
            .ToArray(),
        cancellationToken);

    /// <summary>Takes out those that lead to no record, if that is for good.</summary>
    internal async ValueTask TrimAsync(string principal, IEnumerable<(SessionKey Key, long Announced)> superfluous, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long before = (now - OnItsWay).ToUnixTimeMilliseconds();
        RedisValue[] old = [.. superfluous.Where(entry => entry.Announced < before).Select(entry => (RedisValue)entry.Key.ToByteArray())];
        if (old.Length > 0)
        {
            await connection.RunAsync(
                (Name: new[] { NameOf(prefix, principal) }, Values: (RedisValue[])[before, .. old]),
                static (database, call, withText) => PrincipalScripts.Trim.EvaluateAsync(database, call.Name, call.Values, withText),
                static (_, _) => true,
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>By a hash of the principal's name, which may be anything.</summary>
    internal static RedisKey NameOf(ReadOnlySpan<byte> prefix, string principal) =>
        (byte[])[.. prefix, .. "of:"u8, .. Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(principal)).AsSpan(0, 16)))];
}
