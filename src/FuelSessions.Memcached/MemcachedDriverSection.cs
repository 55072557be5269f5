using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FuelSessions.Memcached;

/// <summary>Reads the driver's configuration section, by hand: binding by reflection does not survive trimming.</summary>
internal sealed class MemcachedDriverSection(IServiceProvider services) : IConfigureOptions<MemcachedDriverOptions>
{
    internal static readonly string[] Settings =
    [
        nameof(MemcachedDriverOptions.Servers),
        nameof(MemcachedDriverOptions.KeyPrefix),
        nameof(MemcachedDriverOptions.ConnectionsPerServer),
        nameof(MemcachedDriverOptions.RehashOnFailure),
        nameof(MemcachedDriverOptions.ConnectTimeout),
        nameof(MemcachedDriverOptions.ResponseTimeout),
        nameof(MemcachedDriverOptions.DeadServerTimeout),
    ];

    private const string Path = "FuelSessions:Memcached";

    public void Configure(MemcachedDriverOptions options)
    {
        if (services.GetService(typeof(IConfiguration)) is not IConfiguration configuration)
        {
            return;
        }

        IConfigurationSection section = configuration.GetSection(Path);
        foreach (IConfigurationSection server in section.GetSection(nameof(options.Servers)).GetChildren())
        {
            options.Servers.Add(MemcachedServer.Parse(server.Value ?? ""));
        }

        options.KeyPrefix = section[nameof(options.KeyPrefix)] ?? options.KeyPrefix;
        options.ConnectionsPerServer = Read(section, nameof(options.ConnectionsPerServer), text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)) ?? options.ConnectionsPerServer;
        options.RehashOnFailure = Read(section, nameof(options.RehashOnFailure), bool.Parse) ?? options.RehashOnFailure;
        options.ConnectTimeout = Time(section, nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;
        options.ResponseTimeout = Time(section, nameof(options.ResponseTimeout)) ?? options.ResponseTimeout;
        options.DeadServerTimeout = Time(section, nameof(options.DeadServerTimeout)) ?? options.DeadServerTimeout;
    }

    private static TimeSpan? Time(IConfigurationSection section, string setting) =>
        Read(section, setting, text => TimeSpan.Parse(text, CultureInfo.InvariantCulture));

    private static T? Read<T>(IConfigurationSection section, string setting, Func<string, T> parse)
        where T : struct
    {
        string? text = section[setting];
        try
        {
            return text is null ? null : parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new InvalidOperationException($"{Path}:{setting} is '{text}': {error.Message}", error);
        }
    }
}
