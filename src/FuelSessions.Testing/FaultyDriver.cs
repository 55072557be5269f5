using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing;

/// <summary>
/// A driver with faults in front of it, to see what an app does then: <c>DecorateDriver("db", (driver, _) => new FaultyDriver(driver))</c>.
/// </summary>
/// <param name="inner">What does the work. Not disposed.</param>
/// <param name="clock">Measures <see cref="Latency"/>; the system's by default.</param>
public sealed class FaultyDriver(ISessionDriver inner, TimeProvider? clock = null) : ISessionDriver
{
    private int _calls;

    /// <summary>How long each call waits before it begins. Default zero.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>The call that fails, counted from 1 over all of them; 0, the default: none.</summary>
    public int FailAt { get; set; }

    /// <summary>Whether each call after that one fails too. Default false.</summary>
    public bool StaysDown { get; set; }

    /// <summary>How many calls there were.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <inheritdoc/>
    public bool HonorsCancellation => inner.HonorsCancellation;

    /// <inheritdoc/>
    public string? StoreSystem => inner.StoreSystem;

    /// <inheritdoc/>
    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        return await inner.ReadAsync(key, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        return await inner.WriteAsync(record, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        return await inner.TouchAsync(key, version, expires, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        return await inner.DeleteAsync(key, version, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FaultAsync(CancellationToken cancellationToken)
    {
        int call = Interlocked.Increment(ref _calls);
        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, clock ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        if (FailAt > 0 && (call == FailAt || (StaysDown && call > FailAt)))
        {
            throw new IOException($"The store is away, as the test asked for: call {call}.");
        }
    }
}
