using System.Diagnostics;
using System.Reflection;

namespace FuelSessions.Fuzz.Tests;

/// <summary>One run of the fuzzer, as build/fuzz.sh starts it.</summary>
internal sealed record FuzzRun(int ExitCode, string Output)
{
    internal static string Corpus => Path.Join(Metadata("Fuzz"), "Corpus");

    internal static async Task<FuzzRun> OfAsync(string failures, params string[] arguments)
    {
        string program = Path.Join(Metadata("Fuzz"), "bin", Metadata("Configuration"), "net10.0", "FuelSessions.Fuzz.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[program, "--failures", failures, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new FuzzRun(process.ExitCode, await output + await errors);
    }

    private static string Metadata(string key) =>
        typeof(FuzzRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}
