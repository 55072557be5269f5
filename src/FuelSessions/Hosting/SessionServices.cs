using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FuelSessions.Configuration;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

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
    private volatile SessionHome? _latestHome;
    private readonly ConcurrentDictionary<string, SessionHome> _homes = new(StringComparer.OrdinalIgnoreCase);

    internal SessionProfiles Profiles => profiles;

    internal TimeProvider Clock => clock;

    /// <summary>How the endpoint uses sessions. Endpoints may be rebuilt while the app runs; the old ones take their entries with them.</summary>
    internal EndpointUse UseOf(Endpoint? endpoint) =>
        endpoint is null ? EndpointUse.Unknown : _uses.TryGetValue(endpoint, out EndpointUse? use) ? use : _uses.GetValue(endpoint, added => EndpointUse.Of(added, profiles));

    internal EngineServices Engine { get; } = new(clock, new CommitQueue(), diagnostics);

    /// <summary>Makes what the app is not to start without.</summary>
    /// <exception cref="OptionsValidationException">It can't be made.</exception>
    internal void MakeWhatIsNeeded()
    {
        if (!drivers.Find(profiles.Default).IsMadeAtStart)
        {
            return;
        }

        try
        {
            drivers.Driver(profiles.Default);
        }
        catch (IOException error)
        {
            throw new OptionsValidationException(SessionConfigurationSection.Name, typeof(FuelSessionsOptions), [error.Message]);
        }
    }

    /// <summary>Where sessions of that driver live, and under which protection their ids travel.</summary>
    /// <exception cref="InvalidOperationException">No such driver is registered.</exception>
    internal SessionHome HomeOf(string driver)
    {
        // Most apps have one driver, and one string for its name.
        if (_latestHome is { } latest && ReferenceEquals(latest.Driver, driver))
        {
            return latest;
        }

        return _latestHome = _homes.TryGetValue(driver, out SessionHome? home) ? home : _homes.GetOrAdd(driver, MakeHome);
    }

    private SessionHome MakeHome(string driver) => new(
        driver,
        new IdProtector(protection, driver, clock),
        drivers.Find(driver).Create is null ? null : new SessionStorage(driver, drivers.Driver(driver)),
        new Arrivals(clock));
}
