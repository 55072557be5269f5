namespace FuelSessions.Engine;

/// <summary>What an id that a client presents is worth to it, the best last.</summary>
internal enum Worth
{
    /// <summary>It leads to nothing: there is no such session, or it is over [R7].</summary>
    None,

    /// <summary>Its session lives, and does not know the secret [R6, R7].</summary>
    Unknown,

    /// <summary>It was the previous one; its grace is over, or a revoking rotation ended it [R3, R6, R10].</summary>
    Retired,

    /// <summary>It is good, and another client's [R11].</summary>
    OtherClient,

    /// <summary>It may have been retired while the request was on its way [R6]: its client has, or is about to get, a good one.</summary>
    Late,

    /// <summary>It is good [R2, R3].</summary>
    Good,
}
