using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request brings to its session, and by which means it is served.</summary>
internal struct SessionVisit(
    EngineServices services,
    SessionStorage storage,
    IRequestBoundary boundary,
    PresentedId? presented,
    PresentedId[]? others)
{
    internal readonly EngineServices Services => services;

    internal readonly SessionStorage Storage => storage;

    internal readonly IRequestBoundary Boundary => boundary;

    // The default: none. As a nullable value it would take more of each request.
    private PresentedId _presented = presented.GetValueOrDefault();

    /// <summary>The id that the session was found by; of several that lead nowhere, the first. Null: the client brought none.</summary>
    internal PresentedId? Presented
    {
        readonly get => _presented.ProvesAnything ? _presented : null;
        set => _presented = value.GetValueOrDefault();
    }

    /// <summary>Those that came besides; null: none, as nearly always.</summary>
    internal readonly PresentedId[]? Others => others;

    /// <summary>How the request stands to the device that its session is bound to [B4].</summary>
    internal BindingStanding Binding { get; set; }

    /// <summary>Whether reading uses up flash variables; not if nobody may ever see the answer.</summary>
    internal readonly bool KeepsFlash => boundary.IsReadOnly || Binding == BindingStanding.ReadOnly || boundary.IsSpeculative;

    internal readonly DateTimeOffset Now => ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());

    internal readonly bool Presents(SessionId id) => Presented is { Secret: { } secret } known && known.Key == id.Key && secret.Equals(id.Secret);
}
