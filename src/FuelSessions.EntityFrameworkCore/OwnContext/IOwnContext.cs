namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>A context that holds tables of FuelSessions' and nothing else, where the app gives none of its own.</summary>
internal interface IOwnContext
{
    /// <summary>The name of its table, which the app chose.</summary>
    string Table { get; }
}
