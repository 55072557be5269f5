using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// Tells routing that what <see cref="BindingEndpoints"/> answers is for anybody. An app may ask who comes before it asks for sessions, and turn strangers away by default (a fallback
/// policy): a refresh comes without a cookie, or with one that is good no more, and proves itself [B3].
/// </summary>
internal sealed class BindingRoutes(RequestDelegate answer) : EndpointDataSource
{
    public override IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        new RouteEndpoint(
            answer,
            RoutePatternFactory.Parse($"{DeviceBindings.Root}/{{driver}}/{{step}}"),
            order: 0,
            new EndpointMetadataCollection(new AllowAnonymousAttribute(), new SuppressLinkGenerationMetadata()),
            "Device Bound Session Credentials"),
    ];

    /// <param name="app">Without routing, or where only a branch has sessions, nothing is known of it there, and nothing is told.</param>
    internal static void AddTo(IApplicationBuilder app, RequestDelegate answer)
    {
        IEndpointRouteBuilder? routes = app as IEndpointRouteBuilder
            ?? (app.Properties.TryGetValue(FuelSessionsApplicationBuilderExtensions.Routing, out object? known) ? known as IEndpointRouteBuilder : null);
        if (routes?.DataSources.Any(source => source is BindingRoutes) == false)
        {
            routes.DataSources.Add(new BindingRoutes(answer));
        }
    }

    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;
}
