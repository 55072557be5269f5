using System.Diagnostics.Metrics;

namespace FuelSessions.Benchmarks.Server;

/// <summary>Counts the writes that another writer was faster than, by the meter that an app has too.</summary>
internal sealed class ConflictCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    internal ConflictCounter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "FuelSessions", Name: "fuelsessions.store.conflicts" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, measured, _, _) => Interlocked.Add(ref _count, measured));
        _listener.Start();
    }

    internal long Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
