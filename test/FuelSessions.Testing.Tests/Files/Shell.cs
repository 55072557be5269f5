using System.Diagnostics;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>What only a shell's commands do: other owners, links and pipes.</summary>
internal static class Shell
{
    internal static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
