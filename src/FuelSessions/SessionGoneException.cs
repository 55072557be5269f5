namespace FuelSessions;

/// <summary>
/// The session was destroyed, or had expired, before the changes could be saved. They were not saved, and the session
/// does not come back; <c>Session.Create()</c> begins another one.
/// </summary>
public sealed class SessionGoneException(string message) : InvalidOperationException(message);
