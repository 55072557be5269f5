using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Registry;

/// <summary>What <c>MapSessionEndpoints</c> answers.</summary>
internal static class SessionEndpoints
{
    internal static Task ListAsync(HttpContext context) => AnswerAsync(context, isChange: false, async (registry, user) =>
    {
        IReadOnlyList<RegisteredSession> sessions = await registry.ListAsync(user.Name).ConfigureAwait(false);
        AntiforgeryTokenSet tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var list = new SessionList([.. sessions], tokens.HeaderName, tokens.RequestToken);
        await context.Response.WriteAsJsonAsync(list, SessionEndpointsJson.Default.SessionList).ConfigureAwait(false);
    });

    internal static Task EndAsync(HttpContext context) => AnswerAsync(context, isChange: true, async (registry, user) =>
    {
        string handle = (string)context.Request.RouteValues["handle"]!;
        user.ThrowIfUnproved(unless: handle);
        context.Response.StatusCode = await registry.EndAsync(user.Name, handle).ConfigureAwait(false)
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status404NotFound;
    });

    internal static Task EndOthersAsync(HttpContext context) => AnswerAsync(context, isChange: true, async (registry, user) =>
    {
        user.ThrowIfUnproved();
        int ended = await registry.EndAllAsync(user.Name, exceptCurrent: true).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(new EndedSessions(ended), SessionEndpointsJson.Default.EndedSessions).ConfigureAwait(false);
    });

    private static async Task AnswerAsync(HttpContext context, bool isChange, Func<ISessionRegistry, RequestUser, Task> answer)
    {
        try
        {
            await AnswerOwnerAsync(context, isChange, answer).ConfigureAwait(false);
        }
        catch (NotSupportedException) when (!context.Response.HasStarted)
        {
            // Which driver is used may be a matter of configuration: nothing else of the app has to fail for it.
            await AnswerProblemAsync(
                context,
                StatusCodes.Status501NotImplemented,
                "Not Implemented",
                "The session driver in use does not find the sessions of a user, so that none can be listed or ended here. Sessions that people sign in to are to be kept on db, redis, file or memory.").ConfigureAwait(false);
        }
    }

    private static async Task AnswerOwnerAsync(HttpContext context, bool isChange, Func<ISessionRegistry, RequestUser, Task> answer)
    {
        // As antiforgery wants it, which otherwise warns that it has to say so itself.
        context.Response.Headers.CacheControl = "no-cache, no-store";
        if (await RequestUser.OfAsync(context, context.RequestServices.GetRequiredService<SessionRegistry>()).ConfigureAwait(false) is not { } user)
        {
            await AnswerProblemAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Forbidden",
                "This request is authenticated as somebody whom neither its session nor a sign-in that is kept like one belongs to by that name: there are no sessions that it could ask about.").ConfigureAwait(false);
        }
        else if (isChange && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context).ConfigureAwait(false))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        else
        {
            // Which may be the app's own around ours.
            await answer(context.RequestServices.GetRequiredService<ISessionRegistry>(), user).ConfigureAwait(false);
        }
    }

    private static async Task AnswerProblemAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail };
        if (context.RequestServices.GetService<IProblemDetailsService>() is not { } own
            || !await own.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem }).ConfigureAwait(false))
        {
            await context.Response.WriteAsJsonAsync(problem, SessionEndpointsJson.Default.ProblemDetails, "application/problem+json").ConfigureAwait(false);
        }
    }
}
