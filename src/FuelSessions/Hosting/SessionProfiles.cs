using System.Collections;
using System.Runtime.CompilerServices;
using FuelSessions.Configuration;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>The settings of each registered driver, checked as a whole, as they are from one change to the next; a request goes by one of them.</summary>
internal sealed class SessionProfiles
{
    private readonly Dictionary<string, FuelSessionsOptions> _profiles = new(StringComparer.OrdinalIgnoreCase);
    private readonly DriverRegistry _drivers;
    private readonly SessionDiagnostics _diagnostics;
    private readonly FuelSessionsOptions _default;
    private readonly ConditionalWeakTable<Endpoint, EndpointUse> _uses = [];
    private readonly EndpointUse _unknownUse;

    /// <exception cref="OptionsValidationException">Something is configured that can't work.</exception>
    public SessionProfiles(IOptionsFactory<FuelSessionsOptions> options, DriverRegistry drivers, SessionDiagnostics diagnostics)
    {
        _drivers = drivers;
        _diagnostics = diagnostics;
        FuelSessionsOptions global = options.Create(Options.DefaultName);
        Default = global.Driver;
        NativeEmulation = global.NativeEmulation;

        List<string> failures = [.. drivers.Violations()];
        if (!drivers.Contains(global.Driver))
        {
            failures.Add($"Session setting '{nameof(FuelSessionsOptions.Driver)}' is '{global.Driver}'. {drivers.Unregistered(global.Driver)}");
        }

        foreach (DriverRegistration registration in drivers.Registrations)
        {
            FuelSessionsOptions profile = options.Create(registration.Name);
            _profiles.Add(registration.Name, profile);
        }

        // A setting for the whole app that can't work is one mistake, not one a driver.
        failures.AddRange(_profiles
            .SelectMany(profile => FuelSessionsOptionsRules.Violations(profile.Value, profile.Key), static (profile, violation) => (profile.Key, violation))
            .GroupBy(told => told.violation, static told => $"'{told.Key}'")
            .Select(told => told.Count() == _profiles.Count ? $"{told.Key}." : $"{told.Key} (driver {string.Join(", ", told)})."));

        // Also where one driver's name is what another one's default becomes with a Secure cookie.
        Func<FuelSessionsOptions, string>[] names = [profile => profile.CookieName, profile => profile.Secured.CookieName];
        failures.AddRange(names
            .SelectMany(name => _profiles.GroupBy(profile => name(profile.Value), StringComparer.Ordinal))
            .Where(sharing => sharing.Count() > 1)
            .Select(sharing => $"Session setting '{nameof(FuelSessionsOptions.CookieName)}' is '{sharing.Key}' for the drivers "
                + $"{string.Join(" and ", sharing.Select(profile => $"'{profile.Key}'"))}; allowed: a name of its own for each driver."));

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(SessionConfigurationSection.Name, typeof(FuelSessionsOptions), failures.Distinct());
        }

        _default = For(Default);
        HasFormField = _profiles.Values.Any(profile => profile.PostFieldName is not null);
        Touched = [.. _profiles.Values.Where(profile => profile.TouchOnEveryRequest)];
        _unknownUse = EndpointUse.Unknown(this);
    }

    /// <summary>Whether ids may come in a form.</summary>
    internal bool HasFormField { get; }

    /// <summary>Those of the sessions that any request keeps alive.</summary>
    internal FuelSessionsOptions[] Touched { get; }

    /// <summary>How the endpoint uses sessions. Endpoints may be rebuilt while the app runs; the old ones take their entries with them.</summary>
    internal EndpointUse UseOf(Endpoint? endpoint) =>
        endpoint is null ? _unknownUse : _uses.TryGetValue(endpoint, out EndpointUse? use) ? use : _uses.GetValue(endpoint, added => EndpointUse.Of(added, this));

    /// <summary>The driver that is used where none is named.</summary>
    internal string Default { get; }

    internal bool NativeEmulation { get; }

    /// <exception cref="InvalidOperationException">No such driver is registered.</exception>
    internal FuelSessionsOptions For(string driver) => _profiles[_drivers.Find(driver).Name];

    /// <summary>The same; an empty name means the default driver.</summary>
    internal FuelSessionsOptions ForOrDefault(string? driver) => string.IsNullOrEmpty(driver) ? _default : For(driver);

    /// <summary>The settings that sessions of that driver are bound by; null if there is no such driver, or it has no server side.</summary>
    internal FuelSessionsOptions? ForBinding(string driver) => _drivers.Contains(driver) && _drivers.Find(driver).Create is not null ? For(driver) : null;

    /// <summary>A driver's settings changed by code.</summary>
    internal FuelSessionsOptions Changed(Action<FuelSessionsOptions> configure)
    {
        FuelSessionsOptions changed = For(Default).Clone();
        configure(changed);
        if (!string.Equals(changed.Driver, Default, StringComparison.OrdinalIgnoreCase))
        {
            // Another driver has other settings to begin with.
            changed = For(changed.Driver).Clone();
            configure(changed);
        }

        return Checked(changed);
    }

    /// <summary>A driver's settings changed by name, in FuelPHP's way.</summary>
    internal FuelSessionsOptions Changed(IReadOnlyDictionary<string, object?> settings)
    {
        string driver = settings.FirstOrDefault(setting => setting.Key.Equals("driver", StringComparison.OrdinalIgnoreCase)).Value as string ?? Default;
        FuelSessionsOptions changed = For(driver).Clone();
        Apply(changed, settings.Where(static setting => !IsSection(setting)));
        foreach ((string name, object? section) in settings.Where(IsSection))
        {
            if (_drivers.Misnamed(name) is { } misnamed)
            {
                throw new ArgumentException(misnamed);
            }

            if (name.Equals(driver, StringComparison.OrdinalIgnoreCase))
            {
                Apply(changed, Map(section)!);
            }
        }

        changed.Driver = driver;
        return Checked(changed);
    }

    /// <summary>Takes over from the settings before what only the start of the app can change.</summary>
    /// <returns>What had been changed of that.</returns>
    internal IEnumerable<string> KeepWhatIsReadAtStart(SessionProfiles before)
    {
        List<string> kept = [];
        foreach ((string driver, FuelSessionsOptions profile) in _profiles)
        {
            FuelSessionsOptions old = before._profiles[driver];
            foreach (SessionSetting setting in SessionSettings.All.Where(setting => setting.IsReadAtStart && IsDifferent(setting, profile, old)))
            {
                setting.TrySet(profile, setting.Get(old, false), false);
                kept.Add(setting.Name);
            }
        }

        return kept.Distinct();
    }

    /// <summary>The first setting in which they differ; null if they are the same.</summary>
    internal static string? Difference(FuelSessionsOptions left, FuelSessionsOptions right) =>
        SessionSettings.All.FirstOrDefault(setting => IsDifferent(setting, left, right))?.Name;

    private static bool IsDifferent(SessionSetting setting, FuelSessionsOptions left, FuelSessionsOptions right) =>
        !string.Equals(Text(setting, left), Text(setting, right), StringComparison.Ordinal);

    private static string? Text(SessionSetting setting, FuelSessionsOptions options) => setting.Get(options, false)?.ToString();

    // As in a configuration file: what has a map belongs to a driver, and the app need not have that one.
    private static bool IsSection(KeyValuePair<string, object?> setting) => Map(setting.Value) is not null && SessionSettings.Find(setting.Key) is null;

    private static IEnumerable<KeyValuePair<string, object?>>? Map(object? value) => value switch
    {
        IEnumerable<KeyValuePair<string, object?>> map => map,
        IEnumerable<KeyValuePair<string, string?>> texts => texts.Select(static text => KeyValuePair.Create(text.Key, (object?)text.Value)),
        IDictionary map => map.Keys.Cast<object>().Select(key => KeyValuePair.Create(key.ToString() ?? "", map[key])),
        _ => null,
    };

    private void Apply(FuelSessionsOptions options, IEnumerable<KeyValuePair<string, object?>> settings)
    {
        foreach ((string name, object? value) in settings)
        {
            if (SessionSettings.Take(options, name, value) is { } note)
            {
                _diagnostics.SettingNoted(note);
            }
        }
    }

    private FuelSessionsOptions Checked(FuelSessionsOptions options)
    {
        options.Driver = _drivers.Find(options.Driver).Name;
        return FuelSessionsOptionsRules.Violations(options, options.Driver).FirstOrDefault() is { } violation
            ? throw new ArgumentException($"{violation} (driver '{options.Driver}').")
            : options;
    }
}
