using System.Diagnostics;
using System.Reflection;
using FuelSessions.Tests;

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
        start.ForgetOtherApps();
        _process = Process.Start(start) ?? throw new InvalidOperationException("The sample did not start.");
        Address = await _process.AddressAsync();
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
