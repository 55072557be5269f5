using FuelSessions.Demo.Web;

namespace FuelSessions.Demo.Api;

internal static class DemoApi
{
    internal static void MapDemoApi(this WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api").AddEndpointFilter<SameOriginFilter>();
        api.MapSession();
        api.MapFlash();
        api.MapCart();
        api.MapBurst();
        api.MapSend();
    }
}
