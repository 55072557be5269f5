using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>The parts one by one, with what they allocate. Takes BenchmarkDotNet's own arguments; without a filter it runs all.</summary>
internal static class PartsRun
{
    internal static int Run(string[] arguments)
    {
        // Else it would ask which ones.
        string[] all = arguments.Any(word => word is "--filter" or "-f" or "--list" or "--help") ? [] : ["--filter", "*"];
        IConfig config = DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default);
        BenchmarkSwitcher.FromAssembly(typeof(PartsRun).Assembly).Run([.. arguments, .. all], config);
        return 0;
    }
}
