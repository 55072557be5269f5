namespace FuelSessions;

/// <summary>What happened to a session.</summary>
public enum SessionEventKind
{
    /// <summary>A retired id was presented after its grace: possibly a stolen one.</summary>
    StaleId,

    /// <summary>An id was presented whose secret the session does not know: a guess, or one retired long ago.</summary>
    UnknownSecret,

    /// <summary>A good id came from another user agent or address; the request got a session of its own in another cookie, or a detached one.</summary>
    ClientMismatch,

    /// <summary>An id that had just been retired was presented; the request got a detached session.</summary>
    Detached,

    /// <summary>Changes to a detached session were not saved.</summary>
    DetachedChangesDropped,

    /// <summary>The session was destroyed or had expired before this request's changes could be saved; they were dropped.</summary>
    Gone,

    /// <summary>What is stored could not be decoded; the request got a new session.</summary>
    Unreadable,

    /// <summary>The store could not be read or written, and the app knows it by an exception or, with <see cref="StoreFailureAction.Detach"/>, got a detached session.</summary>
    StoreFailure,

    /// <summary>A client's address began more sessions than <see cref="FuelSessionsOptions.NewSessionsPerMinute"/>; this one was not stored.</summary>
    TooManyNew,

    /// <summary>
    /// What the engine does by itself for a session that the app only read could not be stored: to keep it alive, to note that a new id was
    /// seen, to rotate it, to take out flash variables that were read, to end it after a theft. The request went on without it.
    /// </summary>
    UpkeepFailed,

    /// <summary>
    /// The session's cookie was withheld from the response, for want of the user's consent or by other code of the pipeline. A new session was not
    /// kept. Logged once per endpoint.
    /// </summary>
    CookieWithheld,

    /// <summary>
    /// An id that this app can't read was presented, and no other: protected with keys that it does not have (a lost or unshared key ring), another
    /// app's, of before <see cref="FuelSessionsOptions.EncryptCookie"/> was switched, or altered; the request got a new session. The meter counts each; told at most once a minute and driver, as anybody can send
    /// such a thing.
    /// </summary>
    UnreadableId,

    /// <summary>
    /// A request with the good id of a session that is bound to a device brought no good bound cookie: <see cref="DeviceBindingOptions.OnUnboundRequest"/>
    /// says what it got. From a copied cookie, or a browser that could not refresh.
    /// </summary>
    Unproved,

    /// <summary>The session was stored for the first time.</summary>
    Began,

    /// <summary>Somebody has signed in to it, also whom it belonged to already.</summary>
    SignedIn,

    /// <summary>A request of the session itself has taken its user from it, or has ended it: it belongs to nobody any more, or to somebody else.</summary>
    SignedOut,

    /// <summary>It was given another id.</summary>
    Rotated,

    /// <summary>It has ended: <see cref="SessionEvent.Ending"/> says why, and <see cref="SessionEvent.By"/> who did it.</summary>
    Ended,

    /// <summary>A sign-in was refused, as its user has <see cref="FuelSessionsOptions.MaxSessionsPerPrincipal"/> sessions already.</summary>
    SignInRefused,
}
