namespace FuelSessions;

/// <summary>Something that happened to a session: what <see cref="SessionEvents"/> is told.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Driver">The session's driver.</param>
/// <param name="Fingerprint">A short fingerprint of the session's key; never an id. Empty where none is known.</param>
/// <param name="Principal">Whom the session belongs to, or belonged to until then, where that is known.</param>
public sealed record SessionEvent(SessionEventKind Kind, string Driver, string Fingerprint, string? Principal)
{
    /// <summary>Why it has ended; null of all but <see cref="SessionEventKind.Ended"/>.</summary>
    public SessionEnding? Ending { get; init; }

    /// <summary>Whose request has ended it: the principal of that one's session; null if that is nobody, or not known.</summary>
    public string? By { get; init; }

    /// <summary>What went wrong, of <see cref="SessionEventKind.StoreFailure"/>, <see cref="SessionEventKind.UpkeepFailed"/> and <see cref="SessionEventKind.Unreadable"/>.</summary>
    public Exception? Error { get; init; }
}
