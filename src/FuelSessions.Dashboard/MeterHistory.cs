using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FuelSessions.Engine;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.Dashboard;

/// <summary>Listens to the meter of this app's sessions, and remembers an hour of it.</summary>
internal sealed class MeterHistory(IMeterFactory meters, TimeProvider clock) : IHostedService, IDisposable
{
    private const string Events = "fuelsessions.events";
    private const int MostHappenings = 100;

    // Drivers, operations and kinds are few; this is for what nobody thought of.
    private const int MostSeries = 500;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<SeriesName, (Series Series, bool IsHistogram)> _series = new();
    private readonly ConcurrentQueue<Happening> _happenings = new();

    internal IEnumerable<(SeriesName Name, Series Series, bool IsHistogram)> All => _series.Select(pair => (pair.Key, pair.Value.Series, pair.Value.IsHistogram));

    /// <summary>The latest, newest first.</summary>
    internal IEnumerable<Happening> Happenings => _happenings.Reverse();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SessionDiagnostics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string driver = "", part = "";
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == "driver")
            {
                driver = tag.Value as string ?? "";
            }
            else if (tag.Key is "kind" or "db.operation.name" or "outcome" or "reason" && tag.Value is string text)
            {
                part = part.Length == 0 ? text : $"{part}: {text}";
            }
        }

        DateTimeOffset now = clock.GetUtcNow();
        var name = new SeriesName(instrument.Name, driver, part);
        if (!_series.TryGetValue(name, out (Series Series, bool) known))
        {
            if (_series.Count >= MostSeries)
            {
                return;
            }

            known = _series.GetOrAdd(name, _ => (new Series(), instrument is not Counter<long>));
        }

        known.Series.Add(Series.SlotOf(now), value);
        if (instrument.Name == Events)
        {
            _happenings.Enqueue(new Happening(now, part, driver));
            while (_happenings.Count > MostHappenings)
            {
                _happenings.TryDequeue(out _);
            }
        }
    }
}
