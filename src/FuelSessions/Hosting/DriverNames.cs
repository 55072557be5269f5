using FuelSessions.Configuration;

namespace FuelSessions;

/// <summary>The names of the drivers that come with FuelSessions, and what is likely a slip of the pen in one.</summary>
internal static class DriverNames
{
    private static readonly string[] Shipped = ["cookie", "file", "memory", "db", "redis", "memcached"];

    internal static bool IsShipped(string name) => Shipped.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The driver that is likely meant; null if there is one of that name, or none is near.</summary>
    /// <param name="registered">The app's drivers.</param>
    internal static string? Meant(string name, IEnumerable<string> registered)
    {
        // Apps share configuration, so that a name may be another app's driver: one slip in a short name, and no number behind it ("redis2").
        string[] known = [.. Shipped, .. registered];
        return known.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Length == 0 || char.IsAsciiDigit(name[^1])
            ? null
            : NearName.Of(name, known, Math.Max(1, name.Length / 3));
    }
}
