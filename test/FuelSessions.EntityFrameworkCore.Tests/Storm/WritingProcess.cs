using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>One of the processes of a storm: an app on the database, with many writers. At the end it says what each was told.</summary>
internal sealed class WritingProcess : IDisposable
{
    internal const string Command = "storm-writers";

    private const int Writers = 32;

    // In front of the name of an error, and how often there was one.
    private const string ErrorMark = "error";

    // For what is under way when the time is over: a server that was killed may take its time.
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private WritingProcess(Process process) => _process = process;

    /// <param name="database">Its connection string.</param>
    /// <param name="number">Of the process.</param>
    /// <param name="repeats">Whether the app's EF Core repeats by itself what failed.</param>
    /// <param name="seconds">How long it writes.</param>
    /// <param name="seed">Of what its writers do.</param>
    /// <param name="sessions">What they write to.</param>
    internal static WritingProcess Start(string database, int number, bool repeats, int seconds, int seed, SessionKey[] sessions) => new(Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        [typeof(WritingProcess).Assembly.Location, Command, database, $"{number}", $"{repeats}", $"{seconds}", $"{seed}", .. sessions.Select(session => session.ToHex())])
    {
        RedirectStandardOutput = true,
    })!);

    /// <summary>What it is when it is started.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        (string database, int number, bool repeats, int seconds, int seed) = (arguments[0], Number(arguments[1]), bool.Parse(arguments[2]), Number(arguments[3]), Number(arguments[4]));
        SessionKey[] sessions = [.. arguments[5..].Select(hex => SessionKey.TryParseHex(hex, out SessionKey session) ? session : throw new FormatException(hex))];
        await using TestApp app = repeats
            ? new TestApp(builder => builder.AddDbDriver(options => options.UseNpgsql(database, server => server.EnableRetryOnFailure(5, TimeSpan.FromMilliseconds(100), null))), TimeProvider.System)
            : TestApp.On(database, TimeProvider.System);
        ConcurrentQueue<WriteReport> reports = [];
        ConcurrentDictionary<string, int> errors = [];
        Task[] writing =
        [
            .. Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
                new StormWriter(app.Driver, sessions, number, writer, seed) { Reports = reports, Errors = errors }.RunAsync(TimeSpan.FromSeconds(seconds)))),
        ];
        try
        {
            await Task.WhenAll(writing).WaitAsync(TimeSpan.FromSeconds(seconds) + Spare);
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"{writing.Count(writer => !writer.IsCompleted)} writers have not ended {Spare.TotalSeconds} s after their time.");
            Environment.Exit(1);
        }

        await using var output = new StreamWriter(Console.OpenStandardOutput());
        foreach (WriteReport report in reports)
        {
            await output.WriteLineAsync(report.ToString());
        }

        foreach ((string error, int count) in errors)
        {
            await output.WriteLineAsync($"{ErrorMark} {error} {count}");
        }

        return 0;
    }

    /// <summary>What it says, until it has ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended well.</exception>
    internal async Task ReadAsync(List<WriteReport> reports, Dictionary<string, int> errors, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Split(' ') is [ErrorMark, string error, string count])
            {
                errors[error] = errors.GetValueOrDefault(error) + Number(count);
            }
            else
            {
                reports.Add(WriteReport.Parse(line));
            }
        }

        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"A writing process ended with exit code {_process.ExitCode}.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
