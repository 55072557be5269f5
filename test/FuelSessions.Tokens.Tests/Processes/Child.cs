using System.Diagnostics;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>A process that runs one of <see cref="ChildPrograms"/>: this assembly, started with its name. It is gone with the test.</summary>
internal sealed class Child : IAsyncDisposable
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Child(Process process) => _process = process;

    internal static Child Start(string program, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return new Child(Process.Start(new ProcessStartInfo(host, ["exec", typeof(Child).Assembly.Location, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Its next line; null if it has ended.</summary>
    internal Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Longest);

    internal async Task AssertReadyAsync() => Assert.Equal(ChildPrograms.Ready, await ReadLineAsync());

    /// <summary>Lets it go on from where it said that it was ready.</summary>
    internal void Go() => _process.StandardInput.WriteLine();

    /// <summary>All its further lines, when it has ended well.</summary>
    internal async Task<string[]> EndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Longest);
        await _process.WaitForExitAsync().WaitAsync(Longest);
        Assert.Equal(0, _process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Longest);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
