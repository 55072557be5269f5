using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FuelSessions.Benchmarks.Server;

/// <summary>The endpoints that are measured. Plain request delegates that answer with a short text, so that all variants share what is around them.</summary>
internal static class ScenarioEndpoints
{
    internal const int FatBytes = 4096;

    private static readonly KeyValuePair<string, string>[] Fat = SeedData.Of(FatBytes, variables: 1);

    internal static void MapScenarios(this IEndpointRouteBuilder app, IVariant variant, Served served)
    {
        app.MapGet("/unused", Counting(served, static _ => ValueTask.FromResult(0L)));
        variant.Declare(app.MapGet("/read", Counting(served, variant.ReadAsync)));
        variant.Declare(app.MapGet("/count", Counting(served, variant.CountAsync)));
        app.MapGet("/read-sync", Counting(served, context => ValueTask.FromResult(variant.Read(context))));
        app.MapGet("/count-sync", Counting(served, context => ValueTask.FromResult(variant.Count(context))));
        variant.Declare(app.MapGet("/signed-in", Counting(served, static context => ValueTask.FromResult(SignedInUser.Is(context.User) ? 1L : throw new InvalidOperationException("Nobody is signed in.")))));
        variant.Declare(app.MapGet("/bound", Counting(served, variant.ReadAsync)));
        variant.Declare(app.MapGet("/new", Counting(served, context => BeginAsync(variant, context, []))));
        variant.Declare(app.MapGet("/new-fat", Counting(served, context => BeginAsync(variant, context, Fat))));

        // Not counted: what the driver does before and after a measurement.
        variant.Declare(app.MapGet("/seed", (RequestDelegate)(context => AnswerAsync(context, BeginAsync(variant, context, SeedData.Of(context.Request.Query))))));
        variant.Declare(app.MapGet("/look", (RequestDelegate)(context => AnswerAsync(context, variant.ReadAsync(context)))));
    }

    private static RequestDelegate Counting(Served served, Func<HttpContext, ValueTask<long>> scenario) => context =>
    {
        served.Count();
        return AnswerAsync(context, scenario(context));
    };

    private static async ValueTask<long> BeginAsync(IVariant variant, HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        await variant.BeginAsync(context, data);
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, ValueTask<long> result) =>
        await context.Response.WriteAsync((await result).ToString(CultureInfo.InvariantCulture));
}
