using System.Security.Cryptography;
using FuelSessions.Redis.Connections;
using FuelSessions.Redis.Scripts;
using FuelSessions.Tokens.Stores;
using StackExchange.Redis;

namespace FuelSessions.Tokens.Redis;

/// <summary>A hash for each token, one command a read and one script call a write; a lock is a key of its own on the same node.</summary>
internal sealed class RedisTokenStore(RedisConnection connection, string keyPrefix, TimeProvider clock) : ITokenStore, ITokenRenewalLock, IAsyncDisposable
{
    /// <summary>How long one call may take; real time, as the server's answer is.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public async ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        try
        {
            return TokenHash.Decode(await RunAsync(
                KeyOf(key), static (database, name, _) => database.HashGetAllAsync(name, CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false));
        }
        catch (RedisServerException error) when (error.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            throw new StoredTokenFormatException("What is stored is no hash.", error);
        }
    }

    public async ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        RedisValue[] values = [version, TimeToLive(next), .. next is null ? [] : TokenHash.Encode(next)];
        return await EvaluateAsync(TokenScripts.Replace, KeyOf(key), values, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var hold = new Hold(this, LockOf(key), RandomNumberGenerator.GetBytes(16));
        RedisValue[] values = [hold.Secret, (long)Math.Ceiling(lifetime.TotalMilliseconds)];
        return await EvaluateAsync(TokenScripts.Lock, hold.Name, values, cancellationToken).ConfigureAwait(false) == 1 ? hold : null;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // The hash is the part in braces, which alone decides the node.
    private RedisKey KeyOf(TokenKey key) => $"{keyPrefix}{key.Client}:{{{TokenName.WithinClient(key)}}}";

    private RedisKey LockOf(TokenKey key) => $"{keyPrefix}{key.Client}:{{{TokenName.WithinClient(key)}}}:lock";

    // Counted from now by this process's clock, so that the server's does not matter. One that is over already is stored for no time.
    private long TimeToLive(StoredToken? next) => next?.EndsAt is { } end ? Math.Max(1, (long)(end - clock.GetUtcNow()).TotalMilliseconds) : 0;

    private async ValueTask<long> EvaluateAsync(RedisScript script, RedisKey key, RedisValue[] values, CancellationToken cancellationToken) =>
        (long)await RunAsync(
            (Script: script, Keys: new[] { key }, Values: values),
            static (database, call, withText) => call.Script.EvaluateAsync(database, call.Keys, call.Values, withText),
            cancellationToken).ConfigureAwait(false);

    private async ValueTask<TAnswer> RunAsync<TState, TAnswer>(
        TState state, Func<IDatabase, TState, bool, Task<TAnswer>> command, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Longest);
        try
        {
            return await connection.RunAsync(state, command, static (_, answer) => answer, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Redis, where tokens are kept, did not answer within {Longest:g}. {error.InnerException?.Message}", error);
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, error.InnerException, cancellationToken);
        }
    }

    private sealed class Hold(RedisTokenStore store, RedisKey name, byte[] secret) : IAsyncDisposable
    {
        internal RedisKey Name => name;

        internal byte[] Secret => secret;

        public async ValueTask DisposeAsync() =>
            await store.EvaluateAsync(TokenScripts.Unlock, name, [secret], CancellationToken.None).ConfigureAwait(false);
    }
}
