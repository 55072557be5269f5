using System.Diagnostics;
using System.Globalization;

namespace FuelSessions.Fuzz.Running;

/// <summary>Starts the instrumented copy, and tells which input was running if it dies.</summary>
internal static class Supervisor
{
    internal static int Run(FuzzOptions options, string[] args)
    {
        string current = Path.Join(Path.GetTempPath(), $"fuelsessions-fuzz-{Environment.ProcessId}");
        try
        {
            CurrentInput.Create(current);
            var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
            foreach (string argument in (string[])[InstrumentedCopy.Prepare(), .. args, "--child", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{current}")])
            {
                start.ArgumentList.Add(argument);
            }

            // No files full of memory: what is wanted of a crash is its input.
            start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
            using Process child = Process.Start(start)!;
            child.WaitForExit();
            if (child.ExitCode is ExitCodes.Clean or ExitCodes.Found or ExitCodes.Usage)
            {
                return child.ExitCode;
            }

            using var left = new CurrentInput(current);
            (string target, byte[] input) = left.Get();
            Failure.Report(options.Failures, target, input, $"it took the process down (exit code {child.ExitCode})");
            return ExitCodes.Found;
        }
        finally
        {
            File.Delete(current);
        }
    }
}
