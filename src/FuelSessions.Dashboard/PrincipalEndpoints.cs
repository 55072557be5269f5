using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Dashboard;

/// <summary>
/// Who has which sessions, and ending them. All are posts: a user's name belongs into no access log. They take JSON from the page alone, which no form of another site can send.
/// </summary>
internal static class PrincipalEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static void MapPrincipals(this IEndpointRouteBuilder group)
    {
        group.MapPost("/sessions", context => AnswerAsync(context, async (registry, asked) => new { sessions = await registry.ListAsync(asked.Principal, context.RequestAborted).ConfigureAwait(false) }));
        group.MapPost("/sessions/end", context => AnswerAsync(context, async (registry, asked) => new { ended = await EndAsync(registry, asked).ConfigureAwait(false) }));
    }

    private static async Task<int> EndAsync(ISessionRegistry registry, Asked asked) => asked.Handle is { } handle
        ? await registry.EndAsync(asked.Principal, handle).ConfigureAwait(false) ? 1 : 0
        : await registry.EndAllAsync(asked.Principal).ConfigureAwait(false);

    private static async Task AnswerAsync<T>(HttpContext context, Func<ISessionRegistry, Asked, Task<T>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        IResult result;
        if (!context.Request.HasJsonContentType() || context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
        {
            result = Results.StatusCode(StatusCodes.Status403Forbidden);
        }
        else if (await AskedAsync(context).ConfigureAwait(false) is not { Principal.Length: > 0 } asked)
        {
            result = Results.StatusCode(StatusCodes.Status400BadRequest);
        }
        else
        {
            result = await TryAsync(() => answer(context.RequestServices.GetRequiredService<ISessionRegistry>(), asked)).ConfigureAwait(false);
        }

        await result.ExecuteAsync(context).ConfigureAwait(false);
    }

    private static async Task<Asked?> AskedAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<Asked>(Json, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> TryAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return Results.Json(await answer().ConfigureAwait(false), Json);
        }
        catch (NotSupportedException error)
        {
            return Results.Json(new { error = error.Message }, Json, statusCode: StatusCodes.Status501NotImplemented);
        }
        catch (SessionStoreException error)
        {
            return Results.Json(new { error = error.Message }, Json, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <param name="Handle">Which of that user's sessions; null: all of them.</param>
    private sealed record Asked(string Principal, string? Handle);
}
