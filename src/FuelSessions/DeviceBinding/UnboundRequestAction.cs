namespace FuelSessions;

/// <summary>What a request gets that brings a bound session's id and no good bound cookie.</summary>
public enum UnboundRequestAction
{
    /// <summary>
    /// Everything but a change of privilege: it is logged, counted and told (<see cref="SessionEventKind.Unproved"/>). To begin with, until the meter
    /// says what one's visitors would lose.
    /// </summary>
    Report,

    /// <summary>It reads the session; a change, also of OAuth tokens that it holds, throws <see cref="SessionUnprovedException"/>. Signing out and destroying work.</summary>
    ReadOnly,

    /// <summary>An empty session that is not saved, as if the id had been retired (<see cref="Session.IsDetached"/>); the client's cookie stays.</summary>
    Refuse,
}
