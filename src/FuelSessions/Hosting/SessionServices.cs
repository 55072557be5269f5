using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What every request shares.</summary>
internal sealed class SessionServices(
    SessionProfiles profiles,
    DriverRegistry drivers,
    IDataProtectionProvider protection,
    TimeProvider clock,
    SessionDiagnostics diagnostics)
{
    private readonly ConditionalWeakTable<Endpoint, EndpointUse> _uses = [];
    private readonly ConcurrentDictionary<string, IdProtector> _protectors = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, SessionStorage> _storages = new(StringComparer.OrdinalIgnoreCase);

    internal SessionProfiles Profiles => profiles;

    internal TimeProvider Clock => clock;

    /// <summary>How the endpoint uses sessions. Endpoints may be rebuilt while the app runs; the old ones take their entries with them.</summary>
    internal EndpointUse UseOf(Endpoint? endpoint) =>
        endpoint is null ? EndpointUse.Unknown : _uses.TryGetValue(endpoint, out EndpointUse? use) ? use : _uses.GetValue(endpoint, added => EndpointUse.Of(added, profiles));

    internal EngineServices Engine { get; } = new(clock, new CommitQueue(), diagnostics);

    internal IdProtector Protector(string driver) => _protectors.GetOrAdd(driver, name => new IdProtector(protection, name, clock));

    /// <summary>Whether records of that driver come and go with the request instead of being kept at the server.</summary>
    internal bool IsCarried(string driver) => drivers.Find(driver).Create is null;

    internal SessionStorage Storage(string driver) => _storages.GetOrAdd(driver, name => new SessionStorage(name, drivers.Driver(name)));

    internal SessionStorage Carried(string driver, CarriedRecord record) => new(driver, record, isCarried: true);
}
