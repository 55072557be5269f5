using FuelSessions.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace FuelSessions.Dashboard;

/// <summary>Which part of the app's configuration a setting was read from.</summary>
internal sealed class SettingOrigins(SessionConfigurationSection configuration, IConfiguration? app = null)
{
    /// <summary>Its name; null if the configuration does not say what is in force.</summary>
    /// <param name="value">What is in force, as text: code may have overruled what the configuration says.</param>
    internal string? Of(SessionSetting setting, string driver, string value) =>
        Find(setting, configuration.Section?.GetSection(driver), value) ?? Find(setting, configuration.Section, value);

    private string? Find(SessionSetting setting, IConfigurationSection? section, string value) => section?.GetChildren()
        .Where(entry => SessionSettings.Find(entry.Key) == setting && Says(setting, entry, value))
        .Select(entry => Named(app as IConfigurationRoot, entry.Path) ?? "configuration")
        .FirstOrDefault();

    private static bool Says(SessionSetting setting, IConfigurationSection entry, string value)
    {
        var read = new FuelSessionsOptions();
        return !setting.IsUnset(entry.Key, entry.Value) && setting.TryWrite(read, entry.Key, entry.Value) && SettingsInForce.Text(setting, read) == value;
    }

    // The last one that has it is the one that counts.
    private static string? Named(IConfigurationRoot? root, string path) => root?.Providers.Reverse()
        .Where(provider => provider.TryGet(path, out _))
        .Select(provider => provider switch
        {
            FileConfigurationProvider file => file.Source.Path,
            EnvironmentVariablesConfigurationProvider => "environment",
            CommandLineConfigurationProvider => "command line",
            MemoryConfigurationProvider => "memory",
            ChainedConfigurationProvider chained => Named(chained.Configuration as IConfigurationRoot, path),
            _ => provider.GetType().Name.Replace("ConfigurationProvider", "", StringComparison.Ordinal),
        })
        .FirstOrDefault();
}
