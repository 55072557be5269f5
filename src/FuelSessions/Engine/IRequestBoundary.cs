using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What the engine must know of the request that a session is used in.</summary>
internal interface IRequestBoundary
{
    /// <summary>Whether no id can go out any more.</summary>
    bool HeadersSent { get; }

    /// <summary>Who sent the request.</summary>
    ClientIdentity Client { get; }

    /// <summary>Null if the client may begin another session on that driver, which is counted; otherwise what to refuse it with.</summary>
    Exception? RefuseNew(string driver, FuelSessionsOptions options) => null;

    /// <summary>
    /// How many times this process had ended all sessions of a principal when the request began, or ended that principal's itself, and when that was; null: nobody asks [A9].
    /// </summary>
    (long Endings, DateTimeOffset Time)? Began(string principal) => null;

    /// <summary>Where what happens is kept until it can be told; null: nobody wants to know.</summary>
    PendingEvents? Events => null;

    /// <summary>Whether the code that runs now has promised to change nothing; another endpoint may run for the same request, and has not.</summary>
    bool IsReadOnly => false;

    /// <summary>Whether nobody may ever see the answer, as with a browser's prefetch: it uses up no flash variable.</summary>
    bool IsSpeculative { get; }

    /// <summary>
    /// Whether the pipeline would keep the id of that session from the client, which has not consented to cookies, and nothing else could tell it.
    /// </summary>
    bool Withholds(SessionTransaction transaction);

    /// <summary>Whether the client may have a cookie of the session that it has not sent, as this request comes from another site [R12].</summary>
    bool MayHoldBackCookie(FuelSessionsOptions options) => false;

    /// <summary>How the request stands to the device that the session of that record is bound to.</summary>
    BindingStanding StandingOf(SessionRecord record, FuelSessionsOptions options) => BindingStanding.Free;

    /// <summary>Told when there is something to save again, after everything had been saved.</summary>
    void OnUnsaved();
}
