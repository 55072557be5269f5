using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>What a server says of the commands that it carried out, those inside of scripts included.</summary>
internal sealed class CommandStats(RedisServer server)
{
    // What the client sends for its connections' sake, and what this asks itself.
    private static readonly string[] Upkeep =
        ["auth", "client|", "cluster", "config", "echo", "hello", "info", "ping", "quit", "select", "sentinel", "subscribe", "unsubscribe"];

    private Dictionary<string, long> _last = [];

    /// <summary>How often each command was carried out since the last call, as <c>get 1, set 2</c>; by name.</summary>
    internal async Task<string> TakeAsync()
    {
        Dictionary<string, long> now = [];
        foreach (string line in ((string)(await server.SendAsync("INFO", "commandstats"))!).Split("\r\n"))
        {
            // cmdstat_get:calls=12,usec=…
            if (line.StartsWith("cmdstat_", StringComparison.Ordinal))
            {
                string[] nameAndCalls = line["cmdstat_".Length..].Split(":calls=");
                now[nameAndCalls[0]] = long.Parse(nameAndCalls[1].Split(',')[0]);
            }
        }

        string[] taken = [.. now
            .Select(command => (Name: command.Key, Calls: command.Value - _last.GetValueOrDefault(command.Key)))
            .Where(command => command.Calls > 0 && !Upkeep.Any(name => command.Name.StartsWith(name, StringComparison.Ordinal)))
            .OrderBy(command => command.Name, StringComparer.Ordinal)
            .Select(command => $"{command.Name} {command.Calls}")];
        _last = now;
        return string.Join(", ", taken);
    }
}
