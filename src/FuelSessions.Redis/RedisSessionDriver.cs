using System.Runtime.CompilerServices;
using System.Text;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Connections;
using FuelSessions.Redis.KeyRing;
using FuelSessions.Redis.Scripts;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace FuelSessions.Redis;

/// <summary>
/// Keeps each session under one key: one command to read or to begin it, one script call a write, a touch or a removal. The server removes
/// what has expired; what is still there is judged by its own end as well.
/// </summary>
/// <remarks>
/// The synchronous read blocks on the asynchronous one. The client's own would block in a way that the thread pool does not see: under
/// a burst it would be seconds before there were threads again that take answers in.
/// </remarks>
internal sealed class RedisSessionDriver(RedisConnection connection, string keyPrefix, TimeProvider clock)
    : ISessionDriver, IFindByPrincipal, IKeepDataProtectionKeys, IAsyncDisposable
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(keyPrefix);
    private readonly PrincipalKeys _principals = new(connection, Encoding.UTF8.GetBytes(keyPrefix));

    public IXmlRepository DataProtectionKeys { get; } = new RedisKeyRepository(connection, keyPrefix + RedisKeyRepository.Name);

    public bool HonorsCancellation => true;

    public string? StoreSystem => "redis";

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => connection.RunAsync(
        (Driver: this, Key: key),
        static (database, call, _) => database.StringGetAsync(call.Driver.KeyOf(call.Key), CommandFlags.DemandMaster),
        static (call, stored) => call.Driver.Live(call.Key, stored),
        cancellationToken);

    /// <inheritdoc/>
    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        ValueTask<SessionRecord?> read = ReadAsync(key, cancellationToken);
        if (read.IsCompleted)
        {
            return read.GetAwaiter().GetResult();
        }

        connection.SendThoseInLine();
        return read.AsTask().WaitAsync(cancellationToken).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    /// <exception cref="SessionRecordFormatException">What is stored under that key is damaged; it stays as it is.</exception>
    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);
        return record.Version == 1 ? AddAsync(record, cancellationToken) : SwapAsync(record, cancellationToken);
    }

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        long now = Now;
        ScriptCall call = Begin(SessionScripts.Touch, key, version, now);
        call.Values[2] = expires.ToUnixTimeMilliseconds();
        call.Values[3] = StoredSession.End(expires);
        call.Values[4] = TimeToLive(expires, now);
        return RunAsync(SessionScripts.Touch, key, call, cancellationToken);
    }

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        RunAsync(SessionScripts.Delete, key, Begin(SessionScripts.Delete, key, version, Now), cancellationToken);

    public async ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        await _principals.AddAsync(principal, key, latestEnd, clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        (SessionKey Key, long Announced)[] entries = await _principals.AllAsync(principal, cancellationToken).ConfigureAwait(false);

        // All at once: they go out one after the other, on as many nodes as there are.
        (bool IsIts, SessionRecord? Record)[] found =
            await Task.WhenAll(entries.Select(entry => FindAsync(principal, entry.Key, cancellationToken))).ConfigureAwait(false);
        await _principals.TrimAsync(principal, entries.Where((_, at) => !found[at].IsIts), clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return [.. found.Select(one => one.Record).OfType<SessionRecord>()];
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // Whether the key is that principal's, for all that is known; the record, if it can be read.
    private async Task<(bool IsIts, SessionRecord? Record)> FindAsync(string principal, SessionKey key, CancellationToken cancellationToken)
    {
        try
        {
            SessionRecord? record = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            return string.Equals(record?.Principal, principal, StringComparison.Ordinal) ? (true, record) : (false, null);
        }
        catch (SessionRecordFormatException)
        {
            // Left alone, as a read leaves it: a node of a newer version may read it.
            return (true, null);
        }
    }

    // A key is drawn at random: there is nothing to look at first.
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> AddAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        bool isAdded = await ChangeAsync(
            (Name: KeyOf(record.Key), Stored: StoredSession.Encode(record), Lifetime: TimeSpan.FromMilliseconds(TimeToLive(record.Expires, Now))),
            static (database, call, _) => database.StringSetAsync(call.Name, call.Stored, call.Lifetime, When.NotExists, CommandFlags.DemandMaster),
            static (_, stored) => stored,
            cancellationToken).ConfigureAwait(false);

        // Something is there all the same: whether it counts, and what it is, the script says.
        return isAdded ? WriteResult.Written : await SwapAsync(record, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<WriteResult> SwapAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        long now = Now;
        ScriptCall call = Begin(SessionScripts.Write, record.Key, record.Version - 1, now);
        call.Values[2] = StoredSession.Encode(record);
        call.Values[3] = TimeToLive(record.Expires, now);
        return RunAsync(SessionScripts.Write, record.Key, call, cancellationToken);
    }

    private ScriptCall Begin(PooledScript script, SessionKey key, long version, long now)
    {
        ScriptCall call = script.Begin(KeyOf(key));
        call.Values[0] = StoredSession.Version(version);
        call.Values[1] = now;
        return call;
    }

    private ValueTask<WriteResult> RunAsync(PooledScript script, SessionKey key, ScriptCall call, CancellationToken cancellationToken) =>
        ChangeAsync(
            (Script: script, Key: key, Call: call),
            static (database, run, withText) => run.Script.EvaluateAsync(database, run.Call, withText),
            static (run, answer) =>
            {
                run.Script.End(run.Call);
                return Outcome(run.Key, (byte[]?)answer);
            },
            cancellationToken);

    /// <summary>Of what the server refuses to change, and of what there is no connection for, nothing is stored.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> ChangeAsync<TState, TAnswer, TResult>(
        TState state, Func<IDatabase, TState, bool, Task<TAnswer>> command, Func<TState, TAnswer, TResult> decode, CancellationToken cancellationToken)
    {
        bool isReady = false;
        try
        {
            await connection.ReadyAsync(cancellationToken).ConfigureAwait(false);
            isReady = true;
            return await connection.RunAsync(state, command, decode, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (RedisFailure.IsRefusal(error) || (!isReady && error is not OperationCanceledException))
        {
            throw new SessionStoreException(error.Message, error) { IsOutcomeUnknown = false };
        }
    }

    // Counted from now by this node's clock, so that the server's does not matter. One that is over already is stored for no time.
    private static long TimeToLive(DateTimeOffset expires, long now) => Math.Max(1, expires.ToUnixTimeMilliseconds() - now);

    // As bytes, which go out as they are.
    private RedisKey KeyOf(SessionKey key) => StoredSession.Name(_prefix, key);

    private SessionRecord? Live(SessionKey key, byte[]? stored) =>
        stored is not null && StoredSession.Decode(key, stored) is { } record && record.Expires > clock.GetUtcNow() ? record : null;

    private static WriteResult Outcome(SessionKey key, byte[]? answer) =>
        answer is null ? WriteResult.Gone
        : answer.Length == 0 ? WriteResult.Written
        : WriteResult.Lost(StoredSession.Decode(key, answer));
}
