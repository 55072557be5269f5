using FuelSessions;
using Microsoft.AspNetCore.Http.Connections;

namespace LongConnections;

public static class Connections
{
    public static void MapLongConnections(this WebApplication app)
    {
        // What ordinary requests do beside them.
        app.MapGet("/count", (Session session) => session.Get<long>("count"));
        app.MapPost("/add", (Session session) => session.Increment("count"));
        app.MapPost("/rotate", (Session session) => session.Increment("count") + session.Rotate().Get<long>("nothing"));
        app.MapPost("/sign-in/{name}", (Session session, string name) => session.AttachPrincipal(name).Principal);
        app.MapPost("/sign-out", (Session session) => session.Destroy().IsClosed);

        app.MapHub<CountHub>("/hub", o => o.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents);
        app.MapHub<CountHub>("/polled");
        app.MapSocket();
        app.MapEvents();
    }
}
