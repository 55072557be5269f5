using Microsoft.Extensions.Options;

namespace FuelSessions.Memcached;

/// <summary>Checked when the app starts.</summary>
internal sealed class MemcachedDriverOptionsRules : IValidateOptions<MemcachedDriverOptions>
{
    private const int LongestPrefix = 200;
    private const int MostConnections = 64;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, MemcachedDriverOptions options)
    {
        List<string> errors = [];
        foreach (MemcachedServer server in options.Servers)
        {
            if (string.IsNullOrWhiteSpace(server.Host))
            {
                errors.Add("Servers: one has no host.");
            }

            CheckNumber($"The port of server {server}", server.Port, ushort.MaxValue, errors);
            CheckNumber($"The weight of server {server}", server.Weight, MemcachedServer.GreatestWeight, errors);
        }

        IEnumerable<string> names = options.Servers.Select(server => server.ToString());
        errors.AddRange(names.GroupBy(server => server, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => $"Servers names {group.Key} twice. Give it a weight instead."));
        if (options.KeyPrefix is null || options.KeyPrefix.Length > LongestPrefix || options.KeyPrefix.Any(character => character is <= ' ' or >= '\x7F'))
        {
            errors.Add($"KeyPrefix is '{options.KeyPrefix}'; allowed are up to {LongestPrefix} ASCII characters without blanks and control characters.");
        }

        CheckNumber(nameof(options.ConnectionsPerServer), options.ConnectionsPerServer, MostConnections, errors);
        CheckTime(nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromMinutes(1), errors);
        CheckTime(nameof(options.ResponseTimeout), options.ResponseTimeout, TimeSpan.FromMinutes(1), errors);
        CheckTime(nameof(options.DeadServerTimeout), options.DeadServerTimeout, TimeSpan.FromHours(1), errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(error => $"AddMemcachedDriver: {error}"));
    }

    private static void CheckNumber(string setting, int value, int most, List<string> errors)
    {
        if (value < 1 || value > most)
        {
            errors.Add($"{setting} is {value}; allowed are 1 to {most}.");
        }
    }

    private static void CheckTime(string setting, TimeSpan value, TimeSpan most, List<string> errors)
    {
        if (value < Shortest || value > most)
        {
            errors.Add($"{setting} is {value:g}; allowed are {Shortest:g} to {most:g}.");
        }
    }
}
