using System.Text.Json.Serialization;

namespace FuelSessions.Benchmarks.Server;

/// <summary>What a server process says of itself, since it began.</summary>
/// <param name="Requests">Of scenarios.</param>
/// <param name="CpuMicroseconds">User and system time of the whole process, by the system's accounting.</param>
/// <param name="AllocatedBytes">On the managed heap, all threads.</param>
/// <param name="Statements">Sent to the database, if they are counted.</param>
/// <param name="Conflicts">Writes that another writer was faster than.</param>
/// <param name="CompiledMethods">By the just-in-time compiler, each time it did.</param>
/// <param name="Timeline">Requests at each tenth of a second since the first one, if that is kept.</param>
internal sealed record ServerStats(long Requests, long CpuMicroseconds, long AllocatedBytes, long Statements, long Conflicts, long CompiledMethods, long[] Timeline);

[JsonSerializable(typeof(ServerStats))]
internal sealed partial class ServerStatsJson : JsonSerializerContext;
