using FuelSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>How endpoints use sessions.</summary>
public static class SessionEndpointExtensions
{
    /// <summary>Reads the sessions of these drivers before the endpoint runs; without names, the default one.</summary>
    public static TBuilder WithSession<TBuilder>(this TBuilder builder, params string[] drivers)
        where TBuilder : IEndpointConventionBuilder => builder.With(new SessionEndpointAttribute(drivers is [] ? [""] : drivers));

    /// <summary>The endpoint only looks at its session: flash variables don't age, and a change throws.</summary>
    public static TBuilder WithReadOnlySession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new SessionEndpointAttribute { ReadOnly = true });

    /// <summary>Each request to the endpoint keeps the sessions of these drivers alive, used or not; without names, that of the default one.</summary>
    public static TBuilder WithSessionTouch<TBuilder>(this TBuilder builder, params string[] drivers)
        where TBuilder : IEndpointConventionBuilder => builder.With(new SessionEndpointAttribute(drivers is [] ? [""] : drivers) { Touch = true });

    /// <summary>The endpoint has no sessions.</summary>
    public static TBuilder WithoutSession<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new SessionEndpointAttribute { Enabled = false });

    /// <summary>The endpoint reads its body itself: no form is read to find an id in it.</summary>
    public static TBuilder WithoutSessionForm<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new SessionEndpointAttribute { ReadForm = false });

    private static TBuilder With<TBuilder>(this TBuilder builder, SessionEndpointAttribute attribute)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(attribute);
}
