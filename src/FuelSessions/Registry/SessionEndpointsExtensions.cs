using FuelSessions;
using FuelSessions.Registry;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints at which a user sees and ends their own sessions.</summary>
public static class SessionEndpointsExtensions
{
    /// <summary>
    /// Adds endpoints for <see cref="ISessionRegistry"/>, for any front end. They are for whoever the request is authenticated as, about their own sessions only, if the session that it came
    /// with, or the ticket that a cookie scheme keeps like one (<c>KeepTicketsInSession</c>), belongs to them by that name; else the answer is 403 with problem details.
    /// <c>GET</c> lists them, as JSON, with the antiforgery token that the others want in its header; <c>DELETE …/{handle}</c> ends one,
    /// <c>POST …/end-others</c> all but the present one. On a driver that does not find the sessions of a user (cookie, memcached) all of them
    /// answer with status 501 and problem details.
    /// </summary>
    /// <param name="endpoints">The app's routes.</param>
    /// <param name="pattern">Below which path, such as <c>/account/sessions</c>.</param>
    /// <returns>For further conventions. Authorization is demanded already.</returns>
    /// <exception cref="InvalidOperationException">There are no antiforgery services.</exception>
    public static RouteGroupBuilder MapSessionEndpoints(this IEndpointRouteBuilder endpoints, string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        if (endpoints.ServiceProvider.GetService<IAntiforgery>() is null)
        {
            throw new InvalidOperationException("MapSessionEndpoints needs antiforgery services, so that no other site's page ends a session. Call builder.Services.AddAntiforgery().");
        }

        RouteGroupBuilder group = endpoints.MapGroup(pattern);
        group.MapGet("", (RequestDelegate)SessionEndpoints.ListAsync);
        group.MapDelete("{handle}", (RequestDelegate)SessionEndpoints.EndAsync);
        group.MapPost("end-others", (RequestDelegate)SessionEndpoints.EndOthersAsync);

        // For scripts: they are told by a status, not led to a page.
        group.RequireAuthorization().DisableCookieRedirect();
        return group;
    }
}
