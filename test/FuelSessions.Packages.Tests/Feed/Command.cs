using System.Diagnostics;

namespace FuelSessions.Packages.Tests.Feed;

/// <summary>A program that runs to its end.</summary>
internal static class Command
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);

    /// <exception cref="InvalidOperationException">It failed, or did not end; the message holds what it said.</exception>
    internal static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // Build servers would outlive the tests; the compiler's is welcome where whoever runs them has named it, to end it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (!start.Environment.ContainsKey("SharedCompilationId"))
        {
            start.Environment["UseSharedCompilation"] = "false";
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";

        // Set by the test runner for its own host.
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBuildExtensionsPath");
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            output += await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
