namespace FuelSessions;

/// <summary>Something that happened to a session and that an app may want to act upon.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Driver">The session's driver.</param>
/// <param name="Fingerprint">A short fingerprint of the session's key; never an id. Empty where none is known.</param>
/// <param name="Principal">Whom the session belongs to, where that is known.</param>
public sealed record SessionEvent(SessionEventKind Kind, string Driver, string Fingerprint, string? Principal);
