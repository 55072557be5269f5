using FuelSessions.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Shows the dashboard.</summary>
public static class FuelSessionsDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// A page that shows what this process's sessions do. Who may see it is said as of any endpoint: <c>.RequireAuthorization("Admin")</c>. Without that
    /// the app does not start, unless it is in development. Needs <c>AddFuelSessions().AddDashboard()</c>.
    /// </summary>
    /// <param name="endpoints">The app, or a group.</param>
    /// <param name="pattern">Where. Default <c>/fuelsessions</c>.</param>
    /// <exception cref="InvalidOperationException">The dashboard was not added.</exception>
    public static IEndpointConventionBuilder MapFuelSessionsDashboard(this IEndpointRouteBuilder endpoints, string pattern = "/fuelsessions")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        if (endpoints.ServiceProvider.GetService<Gatekeeper>() is not { } gatekeeper)
        {
            throw new InvalidOperationException("MapFuelSessionsDashboard() finds no dashboard. Call AddFuelSessions().AddDashboard().");
        }

        RouteGroupBuilder group = endpoints.MapGroup(pattern);

        // Who comes may be known by a session; the page itself has nothing to do with it.
        group.WithMetadata(new DashboardEndpoint()).WithReadOnlySession().AddEndpointFilter(gatekeeper);
        group.MapGet("/", context =>
        {
            // Relative addresses of the assets start at the folder.
            if (context.Request.Path.Value?.EndsWith('/') != true)
            {
                context.Response.Redirect($"{context.Request.PathBase}{context.Request.Path}/");
                return Task.CompletedTask;
            }

            return Asset.Page.WriteAsync(context);
        });
        group.MapGet("/dashboard.js", Asset.Script.WriteAsync);
        group.MapGet("/dashboard.css", Asset.Style.WriteAsync);
        group.MapGet("/icon.svg", Asset.Icon.WriteAsync);
        group.MapGet("/data", context => context.RequestServices.GetRequiredService<DashboardData>().WriteAsync(context));
        group.MapPrincipals();
        return group;
    }
}
