using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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
    internal static void MapPrincipals(this IEndpointRouteBuilder group)
    {
        group.MapPost("/sessions", context => AnswerAsync(context, DashboardJson.Default.ListedSessions, async (registry, asked) =>
            new ListedSessions(await registry.ListAsync(asked.Principal, context.RequestAborted).ConfigureAwait(false))));
        group.MapPost("/sessions/end", context => AnswerAsync(context, DashboardJson.Default.EndedSessions, async (registry, asked) =>
            new EndedSessions(await EndAsync(registry, asked).ConfigureAwait(false))));
    }

    private static async Task<int> EndAsync(ISessionRegistry registry, Asked asked) => asked.Handle is { } handle
        ? await registry.EndAsync(asked.Principal, handle).ConfigureAwait(false) ? 1 : 0
        : await registry.EndAllAsync(asked.Principal).ConfigureAwait(false);

    private static async Task AnswerAsync<T>(HttpContext context, JsonTypeInfo<T> form, Func<ISessionRegistry, Asked, Task<T>> answer)
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
            result = await TryAsync(() => answer(context.RequestServices.GetRequiredService<ISessionRegistry>(), asked), form).ConfigureAwait(false);
        }

        await result.ExecuteAsync(context).ConfigureAwait(false);
    }

    private static async Task<Asked?> AskedAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(DashboardJson.Default.Asked, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> TryAsync<T>(Func<Task<T>> answer, JsonTypeInfo<T> form)
    {
        try
        {
            return Results.Json(await answer().ConfigureAwait(false), form);
        }
        catch (NotSupportedException error)
        {
            return Results.Json(new Refusal(error.Message), DashboardJson.Default.Refusal, statusCode: StatusCodes.Status501NotImplemented);
        }
        catch (SessionStoreException error)
        {
            return Results.Json(new Refusal(error.Message), DashboardJson.Default.Refusal, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
