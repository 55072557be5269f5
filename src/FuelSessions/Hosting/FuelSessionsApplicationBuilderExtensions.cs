using FuelSessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds FuelSessions to an app's pipeline.</summary>
public static class FuelSessionsApplicationBuilderExtensions
{
    // What UseRouting leaves for UseEndpoints. A WebApplication that is not told where to route does so before everything else.
    internal const string Routing = "__EndpointRouteBuilder";

    /// <summary>
    /// Gives each request its sessions. To be called after <c>UseExceptionHandler</c>, which then sees errors of saving, after
    /// <c>UseForwardedHeaders</c> and <c>UseRouting</c>, and before whatever uses sessions.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddFuelSessions</c> was not called.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting can't work; the message names it, its value and what is allowed.</exception>
    public static IApplicationBuilder UseFuelSessions(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);

        // Made here and not with the first request: what is configured wrongly stops the app at its start.
        SessionServices services = app.ApplicationServices.GetService<SessionServices>()
            ?? throw new InvalidOperationException("FuelSessions is not registered. Call builder.Services.AddFuelSessions() before app.UseFuelSessions().");
        services.MakeWhatIsNeeded();
        bool isRouted = app.Properties.ContainsKey(Routing);
        if (services.Bindings is { } offered)
        {
            BindingRoutes.AddTo(app, new BindingEndpoints(NotFound, services, offered).InvokeAsync);
        }

        return app.Use(next =>
        {
            // Run when the pipeline is built, with all that was added after this.
            if (!isRouted && app.Properties.ContainsKey(Routing))
            {
                services.Engine.Diagnostics.ComesBeforeRouting();
            }

            RequestDelegate sessions = new SessionMiddleware(next, services).InvokeAsync;
            return services.Bindings is { } bindings ? new BindingEndpoints(sessions, services, bindings).InvokeAsync : sessions;
        });
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
