using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>A connection that the driver makes for itself.</summary>
internal static class OwnConnection
{
    /// <summary>
    /// The client tries again each second at most; its own default would leave an app without sessions for up to 5 seconds after the
    /// server is back.
    /// </summary>
    internal static IReconnectRetryPolicy RetryPolicy { get; } = new LinearRetry(500);

    internal static async Task<IConnectionMultiplexer> OpenAsync(ConfigurationOptions configuration, ConnectionReports reports)
    {
        ConfigurationOptions own = configuration.Clone();

        // A server that is down now is waited for in the background, as one that goes down later is.
        own.AbortOnConnectFail = false;
        reports.Hear(own);
        return await ConnectionMultiplexer.ConnectAsync(own).ConfigureAwait(false);
    }
}
