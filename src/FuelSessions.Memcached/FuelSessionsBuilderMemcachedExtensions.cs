using FuelSessions;
using FuelSessions.Drivers;
using FuelSessions.Memcached;
using FuelSessions.Memcached.Servers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the memcached driver.</summary>
public static class FuelSessionsBuilderMemcachedExtensions
{
    private const string Driver = "memcached";
    private const string CookieName = "mid";

    /// <summary>
    /// Keeps sessions in memcached 1.6.18 or newer. The driver is called <c>memcached</c>, its cookie <c>mid</c>.
    /// Memcached forgets sessions when it restarts and when it runs out of memory. Connections are plain: no TLS, no SASL.
    /// </summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="servers">
    /// Each as <c>host</c>, <c>host:port</c> or <c>host:port,weight=3</c>. None: those of the configuration section, or
    /// else 127.0.0.1:11211.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="FormatException">One of <paramref name="servers"/> is nothing of that.</exception>
    public static FuelSessionsBuilder AddMemcachedDriver(this FuelSessionsBuilder builder, params string[] servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        MemcachedServer[] parsed = [.. servers.Select(MemcachedServer.Parse)];
        return builder.AddMemcachedDriver(options =>
        {
            if (parsed.Length > 0)
            {
                options.Servers.Clear();
            }

            foreach (MemcachedServer server in parsed)
            {
                options.Servers.Add(server);
            }
        });
    }

    /// <summary>The same with all settings, which start out as the configuration section has them.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configure">Changes them.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddMemcachedDriver(this FuelSessionsBuilder builder, Action<MemcachedDriverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        IServiceCollection services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<MemcachedDriverOptions>, MemcachedDriverSection>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MemcachedDriverOptions>, MemcachedDriverOptionsRules>());
        services.AddOptions<MemcachedDriverOptions>().Configure(configure).ValidateOnStart();
        return builder.AddDriver(Driver, CookieName, Create, MemcachedDriverSection.Settings);
    }

    private static MemcachedSessionDriver Create(IServiceProvider services)
    {
        TimeProvider clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        ILoggerFactory loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        MemcachedDriverOptions options = services.GetRequiredService<IOptions<MemcachedDriverOptions>>().Value;
        return new MemcachedSessionDriver(new ServerPool(options, clock, loggers.CreateLogger(typeof(MemcachedSessionDriver))), clock);
    }
}
