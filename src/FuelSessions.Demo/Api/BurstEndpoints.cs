using FuelSessions.Demo.Web;

namespace FuelSessions.Demo.Api;

/// <summary>Many requests at once, each of which counts, while the session's id changes under them.</summary>
internal static class BurstEndpoints
{
    // As an endpoint that has something to do. Meanwhile others read the same session, and write it.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    internal static void MapBurst(this IEndpointRouteBuilder api)
    {
        api.MapPost("/burst", (Session session) =>
        {
            session.Set("burst.counter", 0).Set("burst.rotated", false);
            return Results.NoContent();
        });

        api.MapPost("/burst/hits", async (Session session) =>
        {
            // One rotation a burst: with a RotationTime of a second, say, a slow machine would make two.
            session.SetConfig(nameof(FuelSessionsOptions.RotationTime), null);

            string found = IdMark.Of(session);
            if (!session.Get<bool>("burst.rotated"))
            {
                // Every request that arrives before the first one has saved comes here. They get the same new id.
                session.Set("burst.rotated", true).Rotate();
            }

            session.Increment("burst.counter");
            await Task.Delay(Work);
            await session.SaveAsync();
            return new Hit(found, IdMark.Of(session));
        });

        api.MapGet("/burst", (Session session) => new { counter = session.Get<int>("burst.counter") }).WithReadOnlySession();
    }

    /// <param name="Found">The mark of the id that was the current one when the request arrived.</param>
    /// <param name="Sent">The mark of the id that its answer leaves the browser with.</param>
    internal sealed record Hit(string Found, string Sent);
}
