using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>Another process that works on the same folder: this assembly, started with a command.</summary>
internal static class ChildProcess
{
    internal const string WriteForever = "write-forever";
    internal const string Increment = "increment";
    internal const string WriteLarge = "write-large";
    internal const string Open = "open";

    internal const int Increments = 150;
    internal const int Refused = 3;

    internal static Process Start(string command, string folder, SessionKey key, Action<ProcessStartInfo>? configure = null)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true };
        foreach (string argument in (string[])["exec", typeof(ChildProcess).Assembly.Location, command, folder, key.ToHex()])
        {
            start.ArgumentList.Add(argument);
        }

        configure?.Invoke(start);
        return Process.Start(start)!;
    }

    /// <summary>What a version holds, so that a reader can tell whether it is whole.</summary>
    internal static byte[] Content(long version)
    {
        byte[] content = new byte[64 * 1024];
        Array.Fill(content, (byte)version);
        return content;
    }

    internal static async Task<int> RunAsync(string[] arguments)
    {
        SessionKey.TryParseHex(arguments[2], out SessionKey key);
        try
        {
            var driver = new FileSessionDriver(arguments[1], TimeProvider.System);
            await (arguments[0] switch
            {
                WriteForever => WriteForeverAsync(driver, key),
                Increment => IncrementAsync(driver, key),
                WriteLarge => WriteLargeAsync(driver, key),
                _ => Task.CompletedTask,
            });
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The last is how the framework reports the system's "file too large".
            await Console.Out.WriteLineAsync(exception.Message);
            return Refused;
        }
    }

    internal static async Task IncrementAsync(ISessionDriver driver, SessionKey key)
    {
        SessionRecord read = (await driver.ReadAsync(key, CancellationToken.None))!;
        for (int done = 0; done < Increments;)
        {
            SessionRecord next = read with { Version = read.Version + 1, Data = SampleRecords.Number(SampleRecords.Number(read) + 1) };
            WriteResult result = await driver.WriteAsync(next, CancellationToken.None);
            done += result.IsWritten ? 1 : 0;
            read = result.Winner ?? next;
        }
    }

    // Says which version was acknowledged, right after it was.
    private static async Task WriteForeverAsync(FileSessionDriver driver, SessionKey key)
    {
        for (SessionRecord record = driver.Read(key, CancellationToken.None)!; ;)
        {
            record = record with { Version = record.Version + 1, Data = Content(record.Version + 1) };
            if (!(await driver.WriteAsync(record, CancellationToken.None)).IsWritten)
            {
                return;
            }

            await Console.Out.WriteLineAsync(record.Version.ToString());
            await Console.Out.FlushAsync();
        }
    }

    private static async Task WriteLargeAsync(FileSessionDriver driver, SessionKey key)
    {
        SessionRecord record = driver.Read(key, CancellationToken.None)!;
        await driver.WriteAsync(record with { Version = record.Version + 1, Data = new byte[1024 * 1024] }, CancellationToken.None);
    }
}
