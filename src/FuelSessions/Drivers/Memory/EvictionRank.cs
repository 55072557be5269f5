namespace FuelSessions.Drivers;

/// <summary>
/// Who makes room first in a full store. Whoever begins sessions without end, and comes back with none of them, pushes out
/// nobody who does come back; and nobody who is not signed in pushes out who is.
/// </summary>
internal enum EvictionRank
{
    /// <summary>Belongs to nobody, and no second request has come with its id.</summary>
    Fleeting,

    /// <summary>Belongs to nobody, but was come back to.</summary>
    Returned,

    /// <summary>Belongs to somebody.</summary>
    SignedIn,
}
