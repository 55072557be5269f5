using FuelSessions.Configuration;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>The settings of each registered driver, checked as a whole when the app starts.</summary>
internal sealed class SessionProfiles
{
    private readonly Dictionary<string, FuelSessionsOptions> _profiles = new(StringComparer.OrdinalIgnoreCase);
    private readonly DriverRegistry _drivers;
    private readonly FuelSessionsOptions _default;

    /// <exception cref="OptionsValidationException">Something is configured that can't work.</exception>
    public SessionProfiles(IOptionsMonitor<FuelSessionsOptions> options, DriverRegistry drivers)
    {
        _drivers = drivers;
        FuelSessionsOptions global = options.CurrentValue;
        Default = global.Driver;
        NativeEmulation = global.NativeEmulation;

        List<string> failures = [];
        if (!drivers.Contains(global.Driver))
        {
            failures.Add($"Session setting '{nameof(FuelSessionsOptions.Driver)}' is '{global.Driver}'. {drivers.Unregistered(global.Driver)}");
        }

        foreach (DriverRegistration registration in drivers.Registrations)
        {
            FuelSessionsOptions profile = options.Get(registration.Name);
            _profiles.Add(registration.Name, profile);
            failures.AddRange(FuelSessionsOptionsRules.Violations(profile, registration.Name));
        }

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
    }

    /// <summary>The driver that is used where none is named.</summary>
    internal string Default { get; }

    internal bool NativeEmulation { get; }

    /// <exception cref="InvalidOperationException">No such driver is registered.</exception>
    internal FuelSessionsOptions For(string driver) => _profiles[_drivers.Find(driver).Name];

    /// <summary>The same; an empty name means the default driver.</summary>
    internal FuelSessionsOptions ForOrDefault(string? driver) => string.IsNullOrEmpty(driver) ? _default : For(driver);

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
        Apply(changed, settings.Where(setting => Section(setting) is null));
        foreach (KeyValuePair<string, object?> setting in settings)
        {
            if (Section(setting) is { } section && setting.Key.Equals(driver, StringComparison.OrdinalIgnoreCase))
            {
                Apply(changed, section);
            }
        }

        changed.Driver = driver;
        return Checked(changed);
    }

    /// <summary>The first setting in which they differ; null if they are the same.</summary>
    internal static string? Difference(FuelSessionsOptions left, FuelSessionsOptions right) =>
        SessionSettings.All.FirstOrDefault(setting => !string.Equals(Text(setting, left), Text(setting, right), StringComparison.Ordinal))?.Name;

    private static string? Text(SessionSetting setting, FuelSessionsOptions options) => setting.Get(options, false)?.ToString();

    private IEnumerable<KeyValuePair<string, object?>>? Section(KeyValuePair<string, object?> setting) =>
        _drivers.Contains(setting.Key) ? setting.Value as IEnumerable<KeyValuePair<string, object?>> : null;

    private static void Apply(FuelSessionsOptions options, IEnumerable<KeyValuePair<string, object?>> settings)
    {
        foreach ((string name, object? value) in settings)
        {
            (SessionSettings.Find(name) ?? throw SessionSettings.Unknown(name)).Write(options, name, value);
        }
    }

    private FuelSessionsOptions Checked(FuelSessionsOptions options)
    {
        options.Driver = _drivers.Find(options.Driver).Name;
        return FuelSessionsOptionsRules.Violations(options, options.Driver).FirstOrDefault() is { } violation
            ? throw new ArgumentException(violation)
            : options;
    }
}
