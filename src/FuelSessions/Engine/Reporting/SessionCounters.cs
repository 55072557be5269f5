using System.Diagnostics.Metrics;

namespace FuelSessions.Engine;

/// <summary>What is counted of sessions.</summary>
internal sealed class SessionCounters(Meter meter)
{
    internal Counter<long> Started { get; } = meter.CreateCounter<long>("fuelsessions.sessions.started", "{session}", "Sessions stored for the first time.");

    internal Counter<long> Rotated { get; } = meter.CreateCounter<long>("fuelsessions.sessions.rotated", "{rotation}", "Ids replaced by a new one.");

    internal Counter<long> Destroyed { get; } = meter.CreateCounter<long>("fuelsessions.sessions.destroyed", "{session}", "Sessions destroyed by the app.");

    internal Counter<long> Conflicts { get; } = meter.CreateCounter<long>("fuelsessions.store.conflicts", "{write}", "Writes that another writer was faster than; merged and repeated.");

    internal Counter<long> Collected { get; } = meter.CreateCounter<long>("fuelsessions.sessions.collected", "{session}", "Expired records removed in the background.");

    internal Counter<long> Events { get; } = meter.CreateCounter<long>("fuelsessions.events", "{event}", "Events by kind: see SessionEventKind.");

    internal Counter<long> Bindings { get; } = meter.CreateCounter<long>("fuelsessions.device_bindings", "{event}", "What happens to sessions bound to devices, by outcome and reason.");
}
