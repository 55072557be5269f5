using System.Globalization;

namespace FuelSessions.Memcached;

/// <summary>
/// One memcached server. Host and port, as they are written here, decide which sessions it holds when there are several:
/// all nodes of an app name their servers alike.
/// </summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">1 to 65535. Default 11211.</param>
/// <param name="Weight">Its share of the sessions in relation to the other servers' weights; 1 to 1,000,000. Default 1.</param>
public sealed record MemcachedServer(string Host, int Port = MemcachedServer.DefaultPort, int Weight = 1)
{
    internal const int DefaultPort = 11211;
    internal const int GreatestWeight = 1_000_000;

    private const string WeightMark = ",weight=";

    /// <summary>
    /// Reads <c>host</c>, <c>host:port</c> or <c>host:port,weight=3</c>; an IPv6 address with a port is in brackets:
    /// <c>[::1]:11211</c>.
    /// </summary>
    /// <exception cref="FormatException"><paramref name="text"/> is nothing of that.</exception>
    public static MemcachedServer Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string address, int weight) = (text.Trim(), 1);
        int mark = address.IndexOf(WeightMark, StringComparison.OrdinalIgnoreCase);
        if (mark >= 0)
        {
            weight = Number(text, address.AsSpan(mark + WeightMark.Length), GreatestWeight);
            address = address[..mark];
        }

        (string host, int port) = (address, DefaultPort);
        int colon = address.LastIndexOf(':');
        if (colon >= 0 && (address.IndexOf(':') == colon || address[colon - 1] == ']'))
        {
            port = Number(text, address.AsSpan(colon + 1), ushort.MaxValue);
            host = address[..colon];
        }

        host = host.Trim('[', ']');
        return host.Length == 0 || host.AsSpan().ContainsAny(" ,;/") ? throw Unreadable(text) : new MemcachedServer(host, port, weight);
    }

    /// <summary><c>host:port</c>, for messages.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static int Number(string text, ReadOnlySpan<char> digits, int most) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw Unreadable(text);

    private static FormatException Unreadable(string text) =>
        new($"'{text}' is no memcached server. Write 'host', 'host:port' or 'host:port,weight=3', each server by itself.");
}
