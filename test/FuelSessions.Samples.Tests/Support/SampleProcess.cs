using System.Diagnostics;
using System.Reflection;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests.Support;

/// <summary>A sample as <c>dotnet run</c> starts it, but on a free port, and in a home of its own for its sessions and keys.</summary>
public sealed class SampleProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _home;
    private readonly Process _process;

    private SampleProcess(DirectoryInfo home, Process process, Uri address) => (_home, _process, Address) = (home, process, address);

    public Uri Address { get; }

    /// <param name="sample">Its folder below src/Samples; the last part is the program's name.</param>
    public static async Task<SampleProcess> StartAsync(string sample, params string[] settings)
    {
        string program = Path.Join(Metadata("Samples"), sample, Metadata("Output"), Path.GetFileName(sample) + ".dll");
        DirectoryInfo home = Directory.CreateTempSubdirectory("fuelsessions-");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "--urls=http://127.0.0.1:0", .. settings])
        {
            // Where dotnet run starts it; what it writes there by default, the test has it write elsewhere.
            WorkingDirectory = Path.Join(Metadata("Samples"), sample),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ForgetOtherApps();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["HOME"] = home.FullName;
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{sample} did not start.");
        return new SampleProcess(home, process, await process.AddressAsync());
    }

    public TestBrowser NewBrowser() => new(Address, "Mozilla/5.0 (X11; Linux x86_64) TestBrowser/120.0");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Delete(recursive: true);
    }

    private static string Metadata(string key) => typeof(SampleProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
