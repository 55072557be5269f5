namespace FuelSessions.Engine;

/// <summary>What the engine must know of the request that a session is used in.</summary>
internal interface IRequestBoundary
{
    /// <summary>Whether no id can go out any more.</summary>
    bool HeadersSent { get; }

    /// <summary>Who sent the request.</summary>
    ClientIdentity Client { get; }
}
