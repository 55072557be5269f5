using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>Where each request waits before each store step, until the schedule lets it through. Continuations run inside <see cref="Release"/>.</summary>
internal sealed class Gate(int requests)
{
    private readonly Action?[] _waiting = new Action?[requests];

    private readonly StoreCall[] _calls = new StoreCall[requests];

    internal bool IsWaiting(int request) => _waiting[request] is not null;

    /// <summary>What the request waits for, or last waited for.</summary>
    internal StoreCall CallOf(int request) => _calls[request];

    internal ValueTask<T> PassAsync<T>(int request, StoreCall call, Func<T> step)
    {
        if (_waiting[request] is not null)
        {
            throw new InvalidOperationException("A request can wait for one store step at a time.");
        }

        // Inline on purpose: when Release returns, the request waits again or has ended.
        var passed = new TaskCompletionSource<T>();
        _calls[request] = call;
        _waiting[request] = () =>
        {
            try
            {
                passed.SetResult(step());
            }
            catch (IOException error)
            {
                passed.SetException(error);
            }
        };
        return new ValueTask<T>(passed.Task);
    }

    internal void Release(int request)
    {
        Action step = _waiting[request]!;
        _waiting[request] = null;
        step();
    }
}

/// <summary>One request's way to the store.</summary>
internal sealed class GatedDriver(int request, RecordStore store, Gate gate) : ISessionDriver
{
    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        gate.PassAsync(request, StoreCall.Read, () => store.Read(request, key));

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) =>
        gate.PassAsync(request, StoreCall.Write, () => store.Write(request, record));

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        gate.PassAsync(request, StoreCall.Touch, () => store.Touch(request, key, version, expires));

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        gate.PassAsync(request, StoreCall.Delete, () => store.Delete(request, key, version));
}
