using System.Globalization;
using System.Runtime.InteropServices;

namespace FuelSessions.Drivers;

/// <summary>The account that this process acts as on Unix, and the names of others, for messages.</summary>
internal static class Account
{
    private const uint Root = 0;

    internal static uint Current { get; } = OperatingSystem.IsWindows() ? Root : geteuid();

    /// <summary>Whether it can do all that this process can: itself, and root.</summary>
    internal static bool IsTrusted(uint owner) => owner == Current || owner == Root;

    /// <summary>Such as <c>www-data (uid 33)</c>.</summary>
    internal static string Describe(uint owner) =>
        NameOf(owner) is { } name ? string.Create(CultureInfo.InvariantCulture, $"{name} (uid {owner})") : string.Create(CultureInfo.InvariantCulture, $"uid {owner}");

    /// <summary>What <c>chown</c> takes for it.</summary>
    internal static string Short(uint owner) => NameOf(owner) ?? owner.ToString(CultureInfo.InvariantCulture);

    // Accounts of a directory service have their number only: good enough for a message.
    private static string? NameOf(uint owner)
    {
        try
        {
            string id = owner.ToString(CultureInfo.InvariantCulture);
            return File.ReadLines("/etc/passwd").Select(static line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[2] == id)?[0];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

#pragma warning disable IDE1006, SYSLIB1054, CA5392
    [DllImport("libc")]
    private static extern uint geteuid();
#pragma warning restore IDE1006, SYSLIB1054, CA5392
}
