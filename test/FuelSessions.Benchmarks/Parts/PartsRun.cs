namespace FuelSessions.Benchmarks.Parts;
internal static class PartsRun { internal static int Run(string[] a) => 0; }
