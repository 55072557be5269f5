using FuelSessions.Demo.Web;

namespace FuelSessions.Demo.Api;

internal static class SessionEndpoints
{
    private const int LongestName = 64;

    internal static void MapSession(this IEndpointRouteBuilder api)
    {
        api.MapGet("/session", (Session session) => SessionView.Of(session)).WithReadOnlySession();
        api.MapPost("/count", (Session session) => new { counter = session.Increment("counter") });
        api.MapPost("/rotate", (Session session) => SavedAsync(session.Rotate()));
        api.MapPost("/revoke", (Session session) => SavedAsync(session.Rotate(revokePrevious: true)));
        api.MapPost("/destroy", (Session session) =>
        {
            session.Destroy();
            return Results.NoContent();
        });

        // A demo of sessions, not of passwords: whoever gives a name is signed in.
        api.MapPost("/sign-in", async (SignIn who, Session session) => UserText.Clean(who.Name, LongestName) is { } name
            ? Results.Ok(await SavedAsync(session.AttachPrincipal(name)))
            : Results.Problem($"Give a name of 1 to {LongestName} characters.", statusCode: StatusCodes.Status400BadRequest));
        api.MapPost("/sign-out", (Session session) => SavedAsync(session.AttachPrincipal(null)));
    }

    // Saved when the answer goes out in any case; here before, because the answer tells of it.
    private static async Task<SessionView> SavedAsync(Session session)
    {
        await session.SaveAsync();
        return SessionView.Of(session);
    }

    internal sealed record SignIn(string? Name);
}
