using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FuelSessions.Benchmarks.Report;

/// <summary>What a run was done on: all that its figures depend on, and nothing that says whose machine it was.</summary>
internal sealed record Machine(int Cores, string Processor, double MemoryGigabytes, string System, string DotNet, string Client, IReadOnlyList<string> Stores)
{
    internal static Machine Describe(IReadOnlyList<string> stores) => new(
        Environment.ProcessorCount,
        LineOf("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024),
        $"{LineOf("/etc/os-release", "PRETTY_NAME") ?? "unknown"}, kernel {Environment.OSVersion.Version}",
        $"{RuntimeInformation.FrameworkDescription}, server GC",
        $"StackExchange.Redis {ClientVersion}",
        stores);

    internal static string ClientVersion => typeof(Machine).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "StackExchangeRedisVersion").Value!;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores ({Processor}), {MemoryGigabytes:0} GB of memory, {string.Join(", ", [System, DotNet, Client, .. Stores])}");

    private static string? LineOf(string file, string name) => !File.Exists(file) ? null : File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?
        .Split([':', '='], 2)[^1].Trim(' ', '"');
}
