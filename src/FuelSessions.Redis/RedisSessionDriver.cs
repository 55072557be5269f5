using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Connections;
using FuelSessions.Redis.KeyRing;
using FuelSessions.Redis.Scripts;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace FuelSessions.Redis;

/// <summary>
/// Keeps each session under one key: one command a read, one script call a write or a touch. The server removes what has
/// expired; what is still there is judged by its own end as well.
/// </summary>
/// <remarks>
/// The synchronous read blocks on the asynchronous one. The client's own would block in a way that the thread pool does not see: under
/// a burst it would be seconds before there were threads again that take answers in.
/// </remarks>
internal sealed class RedisSessionDriver(RedisConnection connection, string keyPrefix, TimeProvider clock)
    : ISessionDriver, IKeepDataProtectionKeys, IAsyncDisposable
{
    public IXmlRepository DataProtectionKeys { get; } = new RedisKeyRepository(connection, keyPrefix + RedisKeyRepository.Name);

    public bool HonorsCancellation => true;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        byte[]? stored = await connection.RunAsync(
            KeyOf(key),
            static (database, name) => database.StringGetAsync(name, CommandFlags.DemandMaster),
            cancellationToken).ConfigureAwait(false);
        return Live(key, stored);
    }

    /// <inheritdoc/>
    /// <exception cref="SessionRecordFormatException">What is stored under that key is damaged; it stays as it is.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);
        long now = Now;
        RedisValue[] values = [StoredSession.Version(record.Version - 1), StoredSession.Encode(record), TimeToLive(record.Expires, now), now];
        byte[]? answer = (byte[]?)await EvaluateAsync(SessionScripts.Write, record.Key, values, cancellationToken).ConfigureAwait(false);
        return answer is null ? WriteResult.Gone
            : answer.Length == 0 ? WriteResult.Written
            : WriteResult.Lost(StoredSession.Decode(record.Key, answer));
    }

    public async ValueTask<bool> TouchAsync(SessionKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        long now = Now;
        RedisValue[] values = [expires.ToUnixTimeMilliseconds(), TimeToLive(expires, now), now];
        return (long)await EvaluateAsync(SessionScripts.Touch, key, values, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken) => await connection.RunAsync(
        KeyOf(key),
        static (database, name) => database.KeyDeleteAsync(name, CommandFlags.DemandMaster),
        cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // Counted from now by this node's clock, so that the server's does not matter. One that is over already is stored for no time.
    private static long TimeToLive(DateTimeOffset expires, long now) => Math.Max(1, expires.ToUnixTimeMilliseconds() - now);

    private RedisKey KeyOf(SessionKey key) => keyPrefix + key.ToHex();

    private SessionRecord? Live(SessionKey key, byte[]? stored) =>
        stored is not null && StoredSession.Decode(key, stored) is { } record && record.Expires > clock.GetUtcNow() ? record : null;

    private ValueTask<RedisResult> EvaluateAsync(RedisScript script, SessionKey key, RedisValue[] values, CancellationToken cancellationToken) =>
        connection.RunAsync(
            (Script: script, Keys: new[] { KeyOf(key) }, Values: values),
            static (database, call) => call.Script.EvaluateAsync(database, call.Keys, call.Values),
            cancellationToken);
}
