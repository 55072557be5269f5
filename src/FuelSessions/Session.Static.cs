using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace FuelSessions;

/// <summary>FuelPHP's way: anywhere inside a request. And as a parameter of a minimal API's handler.</summary>
public sealed partial class Session : IBindableFromHttpContext<Session>, IEndpointParameterMetadataProvider
{
    /// <inheritdoc cref="ISessionStore.Current"/>
    public static Session Current => AmbientSessions.Require().Current;

    /// <inheritdoc cref="ISessionStore.Instance"/>
    public static Session? Instance(string cookieName) => AmbientSessions.Require().Instance(cookieName);

    /// <inheritdoc cref="ISessionStore.Forge(string?)"/>
    public static Session Forge(string? driver = null) => AmbientSessions.Require().Forge(driver);

    /// <inheritdoc cref="ISessionStore.Forge(Action{FuelSessionsOptions})"/>
    public static Session Forge(Action<FuelSessionsOptions> configure) => AmbientSessions.Require().Forge(configure);

    /// <inheritdoc cref="ISessionStore.Forge(IReadOnlyDictionary{string, object?})"/>
    public static Session Forge(IReadOnlyDictionary<string, object?> settings) => AmbientSessions.Require().Forge(settings);

    /// <inheritdoc cref="ISessionStore.ForgeAsync(string?, CancellationToken)"/>
    public static Task<Session> ForgeAsync(string? driver = null, CancellationToken cancellationToken = default) =>
        AmbientSessions.Require().ForgeAsync(driver, cancellationToken);

    /// <inheritdoc cref="ISessionStore.ForgeAsync(Action{FuelSessionsOptions}, CancellationToken)"/>
    public static Task<Session> ForgeAsync(Action<FuelSessionsOptions> configure, CancellationToken cancellationToken = default) =>
        AmbientSessions.Require().ForgeAsync(configure, cancellationToken);

    /// <inheritdoc cref="ISessionStore.ForgeAsync(IReadOnlyDictionary{string, object?}, CancellationToken)"/>
    public static Task<Session> ForgeAsync(IReadOnlyDictionary<string, object?> settings, CancellationToken cancellationToken = default) =>
        AmbientSessions.Require().ForgeAsync(settings, cancellationToken);

    /// <summary>Makes the default session a parameter of minimal APIs.</summary>
    public static async ValueTask<Session?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        await AmbientSessions.Require().BindAsync().ConfigureAwait(false);

    /// <summary>Lets the session of such a parameter be read before the endpoint runs.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new SessionEndpointAttribute(""));
    }
}
