namespace FuelSessions.Records;

/// <summary>
/// Stored bytes are not a record of this session: cut short, damaged, or written by a newer format. The engine
/// counts and logs it, gives the request a new session, and leaves the stored bytes alone.
/// </summary>
public sealed class SessionRecordFormatException(string message) : FormatException(message);
