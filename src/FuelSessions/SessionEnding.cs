namespace FuelSessions;

/// <summary>Why a session has ended: <see cref="SessionEvent.Ending"/>.</summary>
public enum SessionEnding
{
    /// <summary>A request of the session itself: the app destroyed it, or its user signed out.</summary>
    Destroyed,

    /// <summary>
    /// Its time, or that of its sign-in, has run out; or it was ended before. Told when a request asks for it, as nobody is there when time runs out: what is removed in the
    /// background is counted.
    /// </summary>
    Expired,

    /// <summary>A retired id was presented, and <see cref="FuelSessionsOptions.OnStaleId"/> says that this ends it.</summary>
    StaleId,

    /// <summary><see cref="ISessionRegistry"/> has ended it, from whatever session or none: <see cref="SessionEvent.By"/> says whose.</summary>
    Elsewhere,

    /// <summary>Its user has more sessions than <see cref="FuelSessionsOptions.MaxSessionsPerPrincipal"/>.</summary>
    TooMany,
}
