namespace FuelSessions.Engine;

/// <summary>What the engine must know of the request that a session is used in.</summary>
internal interface IRequestBoundary
{
    /// <summary>Whether no id can go out any more.</summary>
    bool HeadersSent { get; }

    /// <summary>Who sent the request.</summary>
    ClientIdentity Client { get; }

    /// <summary>Whether nobody may ever see the answer, as with a browser's prefetch: it uses up no flash variable.</summary>
    bool IsSpeculative { get; }

    /// <summary>Told when there is something to save again, after everything had been saved.</summary>
    void OnUnsaved();
}
