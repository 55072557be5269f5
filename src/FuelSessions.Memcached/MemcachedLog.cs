using Microsoft.Extensions.Logging;

namespace FuelSessions.Memcached;

internal static partial class MemcachedLog
{
    [LoggerMessage(141, LogLevel.Warning, "The clock of memcached server {Server} is {Seconds} seconds ahead of this app's. A minute or more ahead, it ends sessions too early; keep both on network time.")]
    internal static partial void ClocksDiffer(ILogger logger, string server, long seconds);

    [LoggerMessage(142, LogLevel.Debug, "Memcached server {Server} did not tell its time.")]
    internal static partial void TimeNotTold(ILogger logger, string server, Exception error);
}
