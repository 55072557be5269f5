using System.Diagnostics;
using System.Reflection;

namespace FuelSessions.LongConnections.Tests.Support;

/// <summary>The whole sample as a process of its own, whose pages need files that only it finds.</summary>
public sealed class SampleProcess : IAsyncLifetime
{
    private static readonly string _program = typeof(SampleProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "SampleProgram").Value!;

    private Process? _process;

    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", _program, "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"])
        {
            WorkingDirectory = Path.GetDirectoryName(_program)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)))
        {
            start.Environment.Remove(name);
        }

        const string Listening = "Now listening on: ";
        _process = Process.Start(start) ?? throw new InvalidOperationException("The sample did not start.");
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // Its output must be read on, or it would wait for room in the pipe.
                _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                Address = new Uri(line[(at + Listening.Length)..]);
                return;
            }
        }

        throw new InvalidOperationException($"The sample did not start: {await errors}");
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
