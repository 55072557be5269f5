namespace FuelSessions.Engine;

/// <summary>Whether an id came in a cookie, and in which one [R11].</summary>
internal enum CookieUse
{
    None,

    /// <summary>In the session's cookie.</summary>
    First,

    /// <summary>In the one beside it, for a client that the first one's session does not answer to.</summary>
    Other,
}
