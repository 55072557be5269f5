using FuelSessions.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FuelSessions.Configuration;

/// <summary>
/// Makes the options of the whole app (the default name) and of each driver (by its name): the section
/// <c>FuelSessions</c>, then code; for a driver its own section over that, then code for that name.
/// </summary>
internal sealed class FuelSessionsOptionsFactory(
    IEnumerable<IConfigureOptions<FuelSessionsOptions>> setups,
    IEnumerable<IPostConfigureOptions<FuelSessionsOptions>> postConfigures,
    IEnumerable<IValidateOptions<FuelSessionsOptions>> validations,
    DriverRegistry drivers,
    SessionConfigurationSection configuration,
    SessionDiagnostics diagnostics,
    FuelPhpDefaults? fuelPhp = null)
    : OptionsFactory<FuelSessionsOptions>(setups, postConfigures, validations)
{
    private readonly IConfigureOptions<FuelSessionsOptions>[] _setups = [.. setups];
    private readonly IPostConfigureOptions<FuelSessionsOptions>[] _postConfigures = [.. postConfigures];

    protected override FuelSessionsOptions CreateInstance(string name)
    {
        if (name.Length == 0 || !drivers.Contains(name))
        {
            return Global(defaults: null);
        }

        DriverRegistration registration = drivers.Find(name);
        FuelSessionsOptions options = registration.Defaults is { } defaults
            ? Configured(Global(defaults))
            : Create(Microsoft.Extensions.Options.Options.DefaultName).Clone();
        bool isDefault = string.Equals(options.Driver, registration.Name, StringComparison.OrdinalIgnoreCase);
        if (!isDefault || options.HasDefaultCookieName)
        {
            // One name for the whole app can only be meant for the driver that the app uses: two may not share one.
            options.UseDefaultCookieName(registration.CookieName);
            fuelPhp?.NameCookie(options, registration.Name);
        }

        options.Driver = registration.Name;
        registration.Limits?.Invoke(options);
        Apply(options, configuration.Section?.GetSection(registration.Name), isDriver: true, registration.OwnSettings);
        return options;
    }

    private FuelSessionsOptions Global(Action<FuelSessionsOptions>? defaults)
    {
        if (configuration.Refusal is { } refusal)
        {
            throw new OptionsValidationException(configuration.Section!.Path, typeof(FuelSessionsOptions), [refusal]);
        }

        if (configuration.Missing is { } missing)
        {
            diagnostics.SettingNoted(missing);
        }

        var global = new FuelSessionsOptions();
        fuelPhp?.Set(global);
        defaults?.Invoke(global);
        Apply(global, configuration.Section, isDriver: false, ownSettings: []);
        return global;
    }

    /// <summary>What code configures for the whole app, over a driver's defaults: these can't be told apart afterwards.</summary>
    private FuelSessionsOptions Configured(FuelSessionsOptions options)
    {
        foreach (IConfigureOptions<FuelSessionsOptions> setup in _setups)
        {
            if (setup is IConfigureNamedOptions<FuelSessionsOptions> named)
            {
                named.Configure(Microsoft.Extensions.Options.Options.DefaultName, options);
            }
            else
            {
                setup.Configure(options);
            }
        }

        foreach (IPostConfigureOptions<FuelSessionsOptions> postConfigure in _postConfigures)
        {
            postConfigure.PostConfigure(Microsoft.Extensions.Options.Options.DefaultName, options);
        }

        return options;
    }

    private void Apply(FuelSessionsOptions options, IConfigurationSection? section, bool isDriver, IReadOnlyCollection<string> ownSettings)
    {
        List<string> failures = [];
        foreach (IConfigurationSection entry in section?.GetChildren() ?? [])
        {
            if (ownSettings.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (IsSection(entry, isDriver))
            {
                if (Misplaced(entry.Key, isDriver, ownSettings) is { } misplaced)
                {
                    failures.Add($"Configuration '{entry.Path}': {misplaced}");
                }

                continue;
            }

            if (isDriver && SessionSettings.Find(entry.Key)?.Name == nameof(FuelSessionsOptions.Driver))
            {
                failures.Add($"Configuration '{entry.Path}': a driver's section can't choose another driver.");
            }
            else if (!isDriver && IsDriver(entry.Key))
            {
                failures.Add($"Configuration '{entry.Path}': it is a value; what is set for that driver is a section, such as '{entry.Path}:{nameof(FuelSessionsOptions.CookieName)}'.");
            }
            else if (!SessionSettings.TryTake(options, entry.Key, entry.Value, out string? note))
            {
                failures.Add($"Configuration '{entry.Path}': {note}");
            }
            else if (note is not null)
            {
                diagnostics.SettingNoted($"Configuration '{entry.Path}': {note}");
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(section!.Path, typeof(FuelSessionsOptions), failures);
        }
    }

    // An empty object is no value. What has both a value and entries, from two files, is a section where a setting is meant.
    private bool IsSection(IConfigurationSection entry, bool isDriver) => entry.GetChildren().Any()
        ? entry.Value is null || SessionSettings.Find(entry.Key) is not null
        : entry.Value is null && !isDriver && IsDriver(entry.Key);

    private bool IsDriver(string name) => drivers.Contains(name) || DriverNames.IsShipped(name);

    /// <summary>Why there can be no section of that name; null if it may be a driver's, or something of a driver's own.</summary>
    private string? Misplaced(string name, bool isDriver, IReadOnlyCollection<string> ownSettings)
    {
        if (!isDriver && drivers.Contains(name))
        {
            return null;
        }

        if (SessionSettings.Find(name) is { } setting)
        {
            return setting.RefusalOfSection(name);
        }

        if (isDriver && NearName.Of(name, ownSettings, slips: Math.Max(1, name.Length / 3)) is { } meant)
        {
            return $"The driver has no setting '{name}'. Did you mean '{meant}'?";
        }

        return (isDriver ? null : drivers.Misnamed(name)) ?? SessionSettings.Misspelt(name);
    }
}
