using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A port of 127.0.0.1 for a server. Not one of those that the system gives to outgoing connections, as asking it for port 0 does: while a server
/// is starting, or is down for a moment, any connection of this machine could take it, even one that is trying to reach that very server
/// (which then is connected to itself).
/// </summary>
internal static class FreePort
{
    private const int Lowest = 10_000;

    private static readonly HashSet<int> Given = [];

    internal static int Next()
    {
        for (int attempts = 1000; attempts > 0; attempts--)
        {
            int port = RandomNumberGenerator.GetInt32(Lowest, Outgoing());
            lock (Given)
            {
                if (IsFree(port) && Given.Add(port))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"There is no free port of 127.0.0.1 from {Lowest} to {Outgoing() - 1}.");
    }

    /// <summary>The first of the ports of outgoing connections.</summary>
    private static int Outgoing()
    {
        const string Setting = "/proc/sys/net/ipv4/ip_local_port_range";
        int first = File.Exists(Setting) ? int.Parse(File.ReadAllText(Setting).Split('\t', ' ')[0], CultureInfo.InvariantCulture) : 32768;
        return first > Lowest + 1000 ? first : ushort.MaxValue;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
