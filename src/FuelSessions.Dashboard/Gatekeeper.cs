using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.Dashboard;

/// <summary>
/// Looks, as the app has started and all conventions of its endpoints are known, whether the dashboard asks who comes. If it does not, the app ends; what
/// comes before is turned away.
/// </summary>
internal sealed class Gatekeeper(IHostEnvironment environment, IServiceProvider services) : IHostedLifecycleService, IEndpointFilter
{
    private volatile bool _isOpen;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        RouteEndpoint? unguarded = services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<DashboardEndpoint>() is not null && !AsksWhoComes(endpoint));
        if (unguarded is not null && !environment.IsDevelopment())
        {
            throw new InvalidOperationException(
                $"Anybody could open the dashboard of sessions at '{unguarded.RoutePattern.RawText}'. Say who may: app.MapFuelSessionsDashboard().RequireAuthorization(\"Admin\"). Only in development it needs no policy.");
        }

        _isOpen = true;
        return Task.CompletedTask;
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        _isOpen ? await next(context).ConfigureAwait(false) : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool AsksWhoComes(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null);
}
