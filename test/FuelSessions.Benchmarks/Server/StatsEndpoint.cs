using System.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FuelSessions.Benchmarks.Server;

internal static class StatsEndpoint
{
    internal static void MapStats(this IEndpointRouteBuilder app, Served served, ConflictCounter conflicts) => app.MapGet("/stats", (RequestDelegate)(context =>
    {
        var stats = new ServerStats(
            served.Requests,
            (long)Environment.CpuUsage.TotalTime.TotalMicroseconds,
            GC.GetTotalAllocatedBytes(precise: true),
            StatementCounter.Instance.Count,
            conflicts.Count,
            JitInfo.GetCompiledMethodCount(),
            served.Timeline);
        return context.Response.WriteAsJsonAsync(stats, ServerStatsJson.Default.ServerStats);
    }));
}
