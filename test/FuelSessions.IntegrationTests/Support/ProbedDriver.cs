using System.Collections.Concurrent;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Around a real driver: counts what it is asked, and stops or fails where a test says so.</summary>
internal sealed class ProbedDriver(ISessionDriver inner) : ISessionDriver, ICollectExpired
{
    private readonly ConcurrentQueue<StoreCall> _calls = new();

    /// <summary>Runs before the real driver is asked; what it throws, the engine sees.</summary>
    internal Func<StoreCall, SessionKey, Task>? Before { get; set; }

    /// <summary>Runs after the real driver has done its work: what it throws is a lost answer.</summary>
    internal Func<StoreCall, SessionKey, Task>? After { get; set; }

    internal ISessionDriver Inner => inner;

    /// <summary>Told of each removal of expired records when it is done, and of how many it removed.</summary>
    internal Action<int>? Collected { get; set; }

    /// <summary>The calls since the last time this was asked.</summary>
    internal StoreCall[] Take()
    {
        List<StoreCall> taken = [];
        while (_calls.TryDequeue(out StoreCall call))
        {
            taken.Add(call);
        }

        return [.. taken];
    }

    /// <summary>Each of these calls fails from now on, before it reaches the store.</summary>
    internal void Fail(params StoreCall[] failing) => Before = (call, _) =>
        failing.Contains(call) ? throw new IOException("The store is gone.") : Task.CompletedTask;

    internal void Heal() => (Before, After) = (null, null);

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        BeginAsync(StoreCall.Read, key).GetAwaiter().GetResult();
        SessionRecord? record = inner.Read(key, cancellationToken);
        EndAsync(StoreCall.Read, key).GetAwaiter().GetResult();
        return record;
    }

    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        await BeginAsync(StoreCall.ReadAsync, key);
        SessionRecord? record = await inner.ReadAsync(key, cancellationToken);
        await EndAsync(StoreCall.ReadAsync, key);
        return record;
    }

    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        await BeginAsync(StoreCall.Write, record.Key);
        WriteResult result = await inner.WriteAsync(record, cancellationToken);
        await EndAsync(StoreCall.Write, record.Key);
        return result;
    }

    public async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await BeginAsync(StoreCall.Touch, key);
        WriteResult result = await inner.TouchAsync(key, version, expires, cancellationToken);
        await EndAsync(StoreCall.Touch, key);
        return result;
    }

    public async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        await BeginAsync(StoreCall.Delete, key);
        WriteResult result = await inner.DeleteAsync(key, version, cancellationToken);
        await EndAsync(StoreCall.Delete, key);
        return result;
    }

    public async ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        int removed = inner is ICollectExpired collecting ? await collecting.CollectExpiredAsync(limit, cancellationToken) : 0;
        Collected?.Invoke(removed);
        return removed;
    }

    private Task BeginAsync(StoreCall call, SessionKey key)
    {
        _calls.Enqueue(call);
        return Before?.Invoke(call, key) ?? Task.CompletedTask;
    }

    private Task EndAsync(StoreCall call, SessionKey key) => After?.Invoke(call, key) ?? Task.CompletedTask;
}
