namespace FuelSessions.Benchmarks.Growth;
internal static class GrowthRun { internal static Task<int> RunAsync(Arguments a) => Task.FromResult(0); }
