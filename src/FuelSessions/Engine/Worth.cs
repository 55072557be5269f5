namespace FuelSessions.Engine;

/// <summary>What an id that a client presents is worth to it, the best last.</summary>
internal enum Worth
{
    /// <summary>It leads to nothing.</summary>
    None,

    /// <summary>It is good, and another client's [R11].</summary>
    OtherClient,

    /// <summary>It may have been retired while the request was on its way [R6]: its client has, or is about to get, a good one.</summary>
    Detached,

    /// <summary>It is good.</summary>
    Good,
}
