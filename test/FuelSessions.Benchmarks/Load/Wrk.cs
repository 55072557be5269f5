using System.Diagnostics;
using System.Globalization;

namespace FuelSessions.Benchmarks.Load;

/// <summary>The load generator: Debian's wrk, which costs a tenth of what a client written here would.</summary>
internal static class Wrk
{
    /// <summary>What the seeding client and wrk call themselves: a session belongs to a user agent.</summary>
    internal const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    // With few cores, a second thread would only take turns with the server and the store.
    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 4);

    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(30);

    internal static void ThrowIfMissing()
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "wrk"))))
        {
            throw new UsageException("There is no wrk on the path (Debian: apt-get install wrk).");
        }
    }

    /// <param name="url">What is asked for.</param>
    /// <param name="cookies">A file with a Cookie header a line.</param>
    /// <param name="connections">How many requests are on their way at a time.</param>
    /// <param name="seconds">How long it runs.</param>
    /// <param name="seed">Of the order of the cookies.</param>
    /// <param name="cancellationToken">Ends wrk.</param>
    internal static async Task<WrkResult> RunAsync(Uri url, string cookies, int connections, int seconds, int seed, CancellationToken cancellationToken)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Load", "load.lua");
        string[] line =
        [
            "-t", $"{Math.Min(Threads, connections)}", "-c", $"{connections}", "-d", $"{seconds}s", "--timeout", "10s",
            "-s", script, url.ToString(), "--", cookies, $"{seed}", UserAgent,
        ];
        using Process wrk = Process.Start(new ProcessStartInfo("wrk", line) { RedirectStandardOutput = true })!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds) + Spare);
        try
        {
            string output = await wrk.StandardOutput.ReadToEndAsync(deadline.Token);
            await wrk.WaitForExitAsync(deadline.Token);
            return Parse(output);
        }
        catch (OperationCanceledException)
        {
            wrk.Kill();
            throw;
        }
    }

    private static WrkResult Parse(string output)
    {
        string line = output.Split('\n').FirstOrDefault(text => text.StartsWith("result ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk gave no result: {output}");
        Dictionary<string, long> fields = line.Split(' ').Skip(1).Select(field => field.Split('=')).ToDictionary(
            field => field[0],
            field => long.Parse(field[1], CultureInfo.InvariantCulture));
        return new WrkResult(
            fields["requests"],
            TimeSpan.FromMicroseconds(fields["duration"]),
            TimeSpan.FromMicroseconds(fields["p50"]),
            TimeSpan.FromMicroseconds(fields["p99"]),
            fields["errors"] + fields["refused"]);
    }
}
