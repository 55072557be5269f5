namespace FuelSessions.Authentication;

/// <summary>The parameters of a ticket's properties: none are kept, so there is nothing to begin with.</summary>
internal sealed class DeferredParameters() : DeferredDictionary<object?>(source: null)
{
    protected override IDictionary<string, object?> Make(object? source) => new Dictionary<string, object?>(StringComparer.Ordinal);
}
