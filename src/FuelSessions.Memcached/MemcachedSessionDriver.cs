using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Memcached.Client;
using FuelSessions.Memcached.Items;
using FuelSessions.Memcached.Servers;
using FuelSessions.Records;

namespace FuelSessions.Memcached;

/// <summary>
/// Keeps each session in an item of a memcached server. A read is one command, and so is a write: memcached's own number
/// of the version that was read, which this process remembers, is what the write is compared with.
/// </summary>
/// <remarks>Memcached has no synchronous path here: the synchronous read blocks on the asynchronous one.</remarks>
internal sealed class MemcachedSessionDriver(ServerPool servers, TimeProvider clock) : ISessionDriver, IDisposable
{
    private readonly KnownVersions _known = new();

    public bool HonorsCancellation => true;

    public string? StoreSystem => "memcached";

    private DateTimeOffset Now => clock.GetUtcNow();

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        StoredItem? stored = await FetchAsync(key, cancellationToken).ConfigureAwait(false);
        return stored is { Record: { } record } && record.Expires > Now ? record : null;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);
        using RentedBuffer encoded = RentedBuffer.Rent();
        SessionRecordFormat.Encode(record, encoded.Writer);
        var item = new ItemToWrite(record, encoded.Written, ItemEnd.Of(record.Expires));
        try
        {
            return record.Version == 1
                ? await AddAsync(item, cancellationToken).ConfigureAwait(false)
                : await ReplaceAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (ItemTooLargeException error)
        {
            throw new SessionTooLargeException(
                $"The session would take {error.Size} bytes on driver 'memcached'; its server takes items of at most {error.Limit} bytes. "
                + "Nothing was saved. Store less, or start the server with a higher limit (-I).",
                error.Size,
                error.Limit);
        }
    }

    /// <summary>
    /// Writes the record again, without a new version: memcached's own touch compares nothing, and would prolong what somebody else has
    /// stored since.
    /// </summary>
    public async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FetchAsync(key, cancellationToken).ConfigureAwait(false) is not { } stored || stored.Record.Expires <= Now)
            {
                return WriteResult.Gone;
            }

            if (stored.Record.Version != version)
            {
                return WriteResult.Lost(stored.Record);
            }

            if (stored.Record.Expires >= expires)
            {
                return WriteResult.Written;
            }

            using RentedBuffer encoded = RentedBuffer.Rent();
            SessionRecord touched = stored.Record with { Expires = expires };
            SessionRecordFormat.Encode(touched, encoded.Writer);
            var item = new ItemToWrite(touched, encoded.Written, ItemEnd.Of(expires));
            Reply reply = await SendAsync(Swap(item, stored.Known), cancellationToken).ConfigureAwait(false);
            if (reply.Status == ReplyStatus.Done)
            {
                return Written(item, reply);
            }
        }
    }

    public async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        KnownVersion basis = _known.Find(key);
        while (true)
        {
            if (basis.Version == version && basis.Expires > Now.UtcTicks)
            {
                Reply reply = await SendAsync(MetaCommand.Delete(servers.KeyOf(key), basis.Cas, basis.Connection), cancellationToken).ConfigureAwait(false);
                if (reply.Status is ReplyStatus.Done or ReplyStatus.NotFound)
                {
                    _known.Forget(key);
                    return reply.Status == ReplyStatus.Done ? WriteResult.Written : WriteResult.Gone;
                }
            }

            // As with a swap: without a removal that can succeed, or after one that did not, what is stored must be seen.
            if (await FetchAsync(key, cancellationToken).ConfigureAwait(false) is not { } stored || stored.Record.Expires <= Now)
            {
                return WriteResult.Gone;
            }

            if (stored.Record.Version != version)
            {
                return WriteResult.Lost(stored.Record);
            }

            basis = stored.Known;
        }
    }

    public void Dispose() => servers.Dispose();

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> AddAsync(ItemToWrite item, CancellationToken cancellationToken)
    {
        ItemKey key = servers.KeyOf(item.Record.Key);
        while (true)
        {
            Reply reply = await SendAsync(MetaCommand.Add(key, item.Value, item.End), cancellationToken).ConfigureAwait(false);
            if (reply.Status == ReplyStatus.Done)
            {
                return Written(item, reply);
            }

            if (await FetchAsync(item.Record.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                continue;
            }

            if (stored.Record.Expires > Now)
            {
                return WriteResult.Lost(stored.Record);
            }

            // Over by the app's clock, though memcached has not dropped it yet.
            reply = await SendAsync(Swap(item, stored.Known), cancellationToken).ConfigureAwait(false);
            if (reply.Status == ReplyStatus.Done)
            {
                return Written(item, reply);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> ReplaceAsync(ItemToWrite item, CancellationToken cancellationToken)
    {
        KnownVersion basis = _known.Find(item.Record.Key);
        while (true)
        {
            // Without a swap that can succeed, or after one that did not, what is stored must be seen.
            if (basis.Version == item.Record.Version - 1 && basis.Expires > Now.UtcTicks)
            {
                Reply reply = await SendAsync(Swap(item, basis), cancellationToken).ConfigureAwait(false);
                if (reply.Status == ReplyStatus.Done)
                {
                    return Written(item, reply);
                }

                if (reply.Status == ReplyStatus.NotFound)
                {
                    return WriteResult.Gone;
                }
            }

            if (await FetchAsync(item.Record.Key, cancellationToken).ConfigureAwait(false) is not { } stored || stored.Record.Expires <= Now)
            {
                return WriteResult.Gone;
            }

            if (stored.Record.Version != item.Record.Version - 1)
            {
                return WriteResult.Lost(stored.Record);
            }

            basis = stored.Known;
        }
    }

    private MetaCommand Swap(ItemToWrite item, KnownVersion basis) =>
        MetaCommand.Swap(servers.KeyOf(item.Record.Key), item.Value, item.End, basis.Cas, basis.Connection);

    private WriteResult Written(ItemToWrite item, Reply reply)
    {
        SessionRecord record = item.Record;
        _known.Remember(record.Key, new KnownVersion(record.Version, reply.Cas, reply.Connection, record.Expires.UtcTicks));
        return WriteResult.Written;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<StoredItem?> FetchAsync(SessionKey key, CancellationToken cancellationToken)
    {
        Reply reply = await SendAsync(MetaCommand.Read(servers.KeyOf(key)), cancellationToken).ConfigureAwait(false);
        if (reply.Value is not { } value)
        {
            return null;
        }

        SessionRecord record = SessionRecordFormat.Decode(key, value);
        record = ItemEnd.True(record.Expires, reply.End) is var expires && expires > record.Expires ? record with { Expires = expires } : record;
        var known = new KnownVersion(record.Version, reply.Cas, reply.Connection, record.Expires.UtcTicks);
        _known.Remember(key, known);
        return new StoredItem(record, known);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> SendAsync(MetaCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await servers.SendAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (MemcachedException error) when (error.IsNotDone)
        {
            throw new SessionStoreException(error.Message, error) { IsOutcomeUnknown = false };
        }
    }

    private readonly record struct StoredItem(SessionRecord Record, KnownVersion Known);

    private readonly record struct ItemToWrite(SessionRecord Record, ReadOnlyMemory<byte> Value, int End);
}
