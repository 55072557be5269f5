using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>A record that is nobody's session: written, written again by who must lose, read and removed. If it stays behind, it ends after a minute.</summary>
internal sealed class StoreProbe(SessionStorage storage, TimeSpan timeout, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private static readonly byte[] Content = [.. "probe"u8];

    private TimeSpan _slowest;

    /// <returns>How long the slowest call took.</returns>
    /// <exception cref="SessionStoreException">The store can't be reached, or can't do it.</exception>
    /// <exception cref="StoreProbeException">It does not do what a driver promises.</exception>
    internal async Task<TimeSpan> RunAsync()
    {
        SessionRecord record = New();
        StoreDeadline deadline = StoreDeadline.Start(timeout);
        Demand((await TimedAsync(() => storage.WriteAsync(record, timeout, deadline)).ConfigureAwait(false)).IsWritten, "does not take a new record");

        // On top of a version that is not there. To insert the record twice would show the same, but a database reports that as an error: with each probe, in its log and in EF Core's.
        SessionRecord late = record with { Version = record.Version + 2 };
        Demand(!(await TimedAsync(() => storage.WriteAsync(late, timeout, deadline)).ConfigureAwait(false)).IsWritten, "takes a record without comparing versions");
        SessionRecord? read = await TimedAsync(() => storage.ReadAsync(record.Key, timeout, deadline)).ConfigureAwait(false);
        Demand(read is { Version: 1 } && read.CurrentHash.Equals(record.CurrentHash) && read.Data.Span.SequenceEqual(record.Data.Span), "does not give back what was written");
        Demand((await TimedAsync(() => storage.DeleteAsync(record, timeout, deadline)).ConfigureAwait(false)).IsWritten, "does not remove a record");
        return _slowest;
    }

    private SessionRecord New() =>
        SessionRecord.New(SessionKey.Create(), SessionSecret.Create().Hash(), ExpiryPolicy.Milliseconds(clock.GetUtcNow()), Lifetime) with { Data = Content };

    private async Task<T> TimedAsync<T>(Func<ValueTask<T>> call)
    {
        long start = clock.GetTimestamp();
        T result = await call().ConfigureAwait(false);
        TimeSpan took = clock.GetElapsedTime(start);
        _slowest = took > _slowest ? took : _slowest;
        return result;
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StoreProbeException(otherwise);
        }
    }
}
