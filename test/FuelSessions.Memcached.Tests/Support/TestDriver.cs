using FuelSessions.Memcached.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Memcached.Tests.Support;

internal static class TestDriver
{
    internal static MemcachedSessionDriver On(IEnumerable<string> servers, TimeProvider? clock = null, Action<MemcachedDriverOptions>? configure = null)
    {
        var options = new MemcachedDriverOptions
        {
            // For machines that have other things to do.
            ConnectTimeout = TimeSpan.FromMinutes(1),
            ResponseTimeout = TimeSpan.FromMinutes(1),
            DeadServerTimeout = TimeSpan.FromMilliseconds(200),
        };
        foreach (string server in servers)
        {
            options.Servers.Add(MemcachedServer.Parse(server));
        }

        configure?.Invoke(options);
        clock ??= TimeProvider.System;
        return new MemcachedSessionDriver(new ServerPool(options, clock, NullLogger.Instance), clock);
    }

    internal static MemcachedSessionDriver On(string server, TimeProvider? clock = null, Action<MemcachedDriverOptions>? configure = null) =>
        On([server], clock, configure);
}
