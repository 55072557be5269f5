using FuelSessions.Redis.Tests.Support;

namespace FuelSessions.Redis.Tests;

/// <summary>What runs when a test starts this assembly as a process of its own.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => ChildProcess.RunAsync(arguments);
}
