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
    LiveProfiles profiles,
    DriverRegistry drivers,
    IDataProtectionProvider protection,
    TimeProvider clock,
    SessionDiagnostics diagnostics,
    EventDelivery events,
    DeviceBindings? bindings = null)
{
    private volatile SessionHome? _latestHome;
    private readonly ConcurrentDictionary<string, SessionHome> _homes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings that a request goes by which begins now.</summary>
    internal SessionProfiles Profiles => profiles.Current;

    internal TimeProvider Clock => clock;

    /// <summary>Null if the app binds no sessions to devices.</summary>
    internal DeviceBindings? Bindings => bindings;

    internal EventDelivery Events => events;

    internal EngineServices Engine { get; } = new(clock, new CommitQueue(), diagnostics);

    /// <summary>Drivers that people sign in to, whether or not their sessions have been used yet.</summary>
    internal ConcurrentDictionary<string, bool> SignInDrivers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes what the app is not to start without.</summary>
    /// <exception cref="OptionsValidationException">It can't be made.</exception>
    internal void MakeWhatIsNeeded()
    {
        if (!drivers.Find(Profiles.Default).IsMadeAtStart)
        {
            return;
        }

        try
        {
            drivers.Driver(Profiles.Default);
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
        drivers.Find(driver).Create is null ? null : new SessionStorage(driver, drivers.Driver(driver), times: diagnostics.StoreCalls, finder: drivers.Existing<IFindByPrincipal>(driver)),
        new Arrivals(clock));
}
