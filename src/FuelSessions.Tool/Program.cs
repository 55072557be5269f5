using Spectre.Console;

namespace FuelSessions.Tool;

internal static class Program
{
    private static Task<int> Main(string[] arguments) => CommandLine.RunAsync(arguments, AnsiConsole.Console, Console.Error, CancellationToken.None);
}
