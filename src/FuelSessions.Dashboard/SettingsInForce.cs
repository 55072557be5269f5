using System.Globalization;
using FuelSessions.Configuration;
using FuelSessions.Engine;

namespace FuelSessions.Dashboard;

/// <summary>The settings that each driver's sessions go by, and where each of them comes from.</summary>
internal sealed class SettingsInForce(LiveProfiles profiles, DriverRegistry drivers, SettingOrigins origins, SessionDiagnostics diagnostics, FuelPhpDefaults? fuelPhp = null)
{
    // What was told of those settings: they change all at once, and seldom.
    private volatile Told? _told;

    /// <summary>Why what is configured is not all in force; null: it is.</summary>
    internal string? Notice => profiles.NotInForce;

    internal IReadOnlyList<DriverSettings> Now()
    {
        SessionProfiles current = profiles.Current;
        if (_told is not { } told || told.Of != current)
        {
            _told = told = new Told(current, [.. drivers.Registrations.Select(registration => new DriverSettings(
                registration.Name, IsDefault: registration.Name == current.Default, [.. Read(current.For(registration.Name), registration.Name)]))]);
        }

        return told.Drivers;
    }

    // What is configured no longer says it.
    private string FromElsewhere => Notice is null ? "code" : "code, or before the change";

    private IEnumerable<SettingInForce> Read(FuelSessionsOptions options, string driver)
    {
        // What it would be if the app configured nothing.
        FuelSessionsOptions defaults = new FuelSessionsOptionsFactory([], [], [], drivers, new SessionConfigurationSection(null), diagnostics, fuelPhp).Create(driver);
        return SessionSettings.All.Where(setting => setting.Name != nameof(FuelSessionsOptions.Driver)).Select(setting =>
        {
            string value = Text(setting, options);
            return new SettingInForce(setting.Name, value, origins.Of(setting, driver, value) ?? (value == Text(setting, defaults) ? "default" : FromElsewhere));
        });
    }

    internal static string Text(SessionSetting setting, FuelSessionsOptions options) => Convert.ToString(setting.Get(options, false), CultureInfo.InvariantCulture) ?? "";

    private sealed record Told(SessionProfiles Of, IReadOnlyList<DriverSettings> Drivers);
}
