namespace FuelSessions.Engine;

/// <summary>Which of a session's two cookies an id goes into.</summary>
internal enum CookiePlace
{
    /// <summary>Its own.</summary>
    First,

    /// <summary>The one beside it, as the first one's session answers to another client [R11].</summary>
    BesideAnother,

    /// <summary>The one beside it, as the browser may have held the first one back. Who signs in takes the first one's place all the same [R12].</summary>
    BesideHeldBack,
}
