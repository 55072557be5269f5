using System.Runtime.InteropServices;
using Spectre.Console;

namespace FuelSessions.Tool;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var interruption = new CancellationTokenSource();
        bool isTerminated = false;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        int code = await CommandLine.RunAsync(arguments, AnsiConsole.Console, Console.Error, interruption.Token);
        return code == ExitCode.Interrupted && isTerminated ? ExitCode.Terminated : code;

        // What is under way ends in its own order, or is left alone: the parser waits for two seconds, and ends the process then.
        void Interrupt(PosixSignalContext context)
        {
            isTerminated = context.Signal == PosixSignal.SIGTERM;
            interruption.Cancel();
        }
    }
}
