using System.Diagnostics;

namespace FuelSessions.Tests;

/// <summary>An app as a process of its own.</summary>
internal static class AppProcess
{
    // What ASP.NET Core says by itself, where its lifetime is logged.
    private const string Listening = "Now listening on: ";

    /// <summary>What this machine says about other apps is not for this one.</summary>
    internal static void ForgetOtherApps(this ProcessStartInfo start)
    {
        foreach (string name in (string[])[.. start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal))])
        {
            start.Environment.Remove(name);
        }
    }

    /// <summary>Waits until it says where it is, and reads on, or it would wait for room in the pipe.</summary>
    /// <param name="addressIn">The address that a line of its output tells, or null; without it, as ASP.NET Core says it.</param>
    /// <exception cref="InvalidOperationException">It ended before; the message holds what it said.</exception>
    internal static async Task<Uri> AddressAsync(this Process app, Func<string, string?>? addressIn = null)
    {
        addressIn ??= line => line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and int at ? line[(at + Listening.Length)..].Trim() : null;
        Task<string> errors = app.StandardError.ReadToEndAsync();
        string said = "";
        while (await app.StandardOutput.ReadLineAsync() is { } line)
        {
            if (addressIn(line) is { } address)
            {
                _ = app.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new Uri(address);
            }

            said += line + "\n";
        }

        throw new InvalidOperationException($"The app did not start: {said}{await errors}");
    }
}
