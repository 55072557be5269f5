using System.Net.Sockets;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>A connection that the driver makes for itself.</summary>
internal static class OwnConnection
{
    /// <summary>
    /// The client tries again each second at most; its own default would leave an app without sessions for up to 5 seconds after the
    /// server is back.
    /// </summary>
    private static IReconnectRetryPolicy RetryPolicy { get; } = new LinearRetry(500);

    /// <exception cref="ArgumentException">The text is not in the client's form, or names no server.</exception>
    internal static ConfigurationOptions Parse(string configuration)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);

        // The client takes all of it for a host's name, or a setting's, and tells that name, with the password in it, whenever it can't connect.
        if (configuration.Split(',').Any(IsAddress))
        {
            throw Address(nameof(configuration));
        }

        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(configuration);
        }
        catch (ArgumentException) when (configuration.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            // The client repeats what it can't read.
            throw new ArgumentException(
                "It is not in the form of StackExchange.Redis, \"host:6379,user=…,password=…\". What can't be read in it is not shown, as it may be a part of the password, in which no comma can be.",
                nameof(configuration));
        }

        options.ReconnectRetryPolicy = RetryPolicy;
        return options.EndPoints.Count > 0
            ? options
            : throw new ArgumentException("It names no server. Write \"host:6379\", or for a socket of Unix \"!/run/redis.sock\".", nameof(configuration));
    }

    /// <summary>Looks at what the app has made.</summary>
    /// <exception cref="ArgumentException">The name of a server in it is an address with a scheme, or with a user.</exception>
    internal static ConfigurationOptions Checked(ConfigurationOptions configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.EndPoints.Any(server => server is not UnixDomainSocketEndPoint && IsAddress(server.ToString())) ? throw Address(nameof(configuration)) : configuration;
    }

    /// <summary>Whether the client would take an address for a host's name, which may have a password in it: <c>rediss://…</c>, <c>user:password@host</c>.</summary>
    /// <param name="part">A server's name, or a setting.</param>
    internal static bool IsAddress(string? part)
    {
        // The path of a socket may have anything in it.
        if (part is null || part.TrimStart().StartsWith('!'))
        {
            return false;
        }

        // A password may have anything in it, too: also where it is a part of an address and has what looks like a setting.
        string name = part.Split('=', 2)[0];
        return name.Contains("://", StringComparison.Ordinal) || name.Contains('@', StringComparison.Ordinal)
            || (name.Contains(':', StringComparison.Ordinal) && part.Contains('@', StringComparison.Ordinal));
    }

    internal static async Task<IConnectionMultiplexer> OpenAsync(ConfigurationOptions configuration, ConnectionReports reports)
    {
        ConfigurationOptions own = configuration.Clone();

        // A server that is down now is waited for in the background, as one that goes down later is.
        own.AbortOnConnectFail = false;
        reports.Hear(own);
        return await ConnectionMultiplexer.ConnectAsync(own).ConfigureAwait(false);
    }

    private static ArgumentException Address(string parameter) => new(
        "StackExchange.Redis knows no addresses with a scheme (redis://, rediss://) or a user (user:password@host). Write \"host:6379,user=…,password=…,defaultDatabase=0\", and for rediss:// \"ssl=true\" as well.",
        parameter);
}
