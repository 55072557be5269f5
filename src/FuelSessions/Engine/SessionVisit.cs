using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request brings to its session, and by which means it is served.</summary>
internal sealed class SessionVisit(
    EngineServices services,
    SessionStorage storage,
    IRequestBoundary boundary,
    PresentedId? presented,
    PresentedId[]? others,
    bool isReadOnly)
{
    internal EngineServices Services => services;

    internal SessionStorage Storage => storage;

    internal IRequestBoundary Boundary => boundary;

    /// <summary>The id that the session was found by; of several that lead nowhere, the first. Null: the client brought none.</summary>
    internal PresentedId? Presented { get; set; } = presented;

    /// <summary>Those that came besides; null: none, as nearly always.</summary>
    internal PresentedId[]? Others => others;

    internal bool IsReadOnly => isReadOnly;

    /// <summary>Whether reading uses up flash variables; not if nobody may ever see the answer.</summary>
    internal bool KeepsFlash => isReadOnly || boundary.IsSpeculative;

    internal DateTimeOffset Now => ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());

    internal bool Presents(SessionId id) => Presented is { Secret: { } secret } known && known.Key == id.Key && secret.Equals(id.Secret);
}
