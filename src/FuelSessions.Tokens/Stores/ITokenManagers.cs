namespace FuelSessions.Tokens.Stores;

/// <summary>The managers of all clients of an app, for what is done to each store: making its table, for instance. Registered where clients are.</summary>
internal interface ITokenManagers
{
    /// <summary>Each manager, made now if it was not yet.</summary>
    IEnumerable<ITokenSessionManager> All { get; }
}
