using System.Diagnostics;
using System.Reflection;
using FuelSessions.Tests;

namespace FuelSessions.Demo.Tests.Support;

/// <summary>The demo as a process of its own, on a free port of 127.0.0.1.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly string _program = typeof(DemoProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "DemoProgram").Value!;

    private readonly Process _process;

    private DemoProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    internal Uri Address { get; }

    internal int Id => _process.Id;

    /// <param name="data">Its data folder.</param>
    /// <param name="settings">As on the command line: <c>FuelSessions:Driver=file</c>.</param>
    internal static async Task<DemoProcess> StartAsync(string data, string environment, params string[] settings)
    {
        Process process = Run(data, environment, settings);
        return new DemoProcess(process, await process.AddressAsync(line =>
            line.TrimStart().StartsWith("FuelSessions demo", StringComparison.Ordinal) ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1] : null));
    }

    /// <summary>For a demo that is not expected to start: its exit code, and what it says about it.</summary>
    internal static async Task<(int ExitCode, string Errors)> RunToEndAsync(string data, params string[] settings)
    {
        using Process process = Run(data, "Production", settings, home: data);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            string errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, errors);
        }
        finally
        {
            process.Kill();
        }
    }

    internal DemoClient NewClient() => new(Address);

    /// <summary>As kill -9 does: without a chance to finish anything.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <param name="home">The account's folder, where a certificate for developers would be; null: the one that there is.</param>
    private static Process Run(string data, string environment, string[] settings, string? home = null)
    {
        bool hasUrls = settings.Any(setting => setting.StartsWith("urls=", StringComparison.Ordinal));

        // For machines that have other things to do.
        string[] all = [$"DataFolder={data}", "FuelSessions:StoreTimeout=00:01:00", .. hasUrls ? (string[])[] : ["urls=http://127.0.0.1:0"], .. settings];
        var start = new ProcessStartInfo("dotnet", ["exec", _program, .. all.Select(setting => $"--{setting}")])
        {
            WorkingDirectory = Path.GetDirectoryName(_program)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ForgetOtherApps();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["HOME"] = home ?? start.Environment["HOME"];
        return Process.Start(start) ?? throw new InvalidOperationException("The demo did not start.");
    }
}
