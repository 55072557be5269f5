using FuelSessions.Demo.Web;

namespace FuelSessions.Demo.Api;

internal static class FlashEndpoints
{
    internal const int LongestMessage = 200;

    internal static void MapFlash(this IEndpointRouteBuilder api)
    {
        api.MapGet("/flash", (Session session) => new Flash(session.GetFlash<string>("message")));
        api.MapPost("/flash", (Flash flash, Session session) =>
        {
            if (UserText.Clean(flash.Message, LongestMessage) is not { } message)
            {
                return Results.Problem($"Give a message of 1 to {LongestMessage} characters.", statusCode: StatusCodes.Status400BadRequest);
            }

            session.SetFlash("message", message);
            return Results.NoContent();
        });
    }

    internal sealed record Flash(string? Message);
}
