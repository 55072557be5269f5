namespace FuelSessions;

/// <summary>
/// The store of a session could not be reached, or did not answer within <see cref="FuelSessionsOptions.StoreTimeout"/>.
/// Nothing was sent to the client that would make it lose its session; what failed is the inner exception.
/// </summary>
public sealed class SessionStoreException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>
    /// Whether what was to be saved may be stored all the same, now or in a moment: the store was told to, and did not answer in time, or the connection
    /// to it broke. Whole or not at all: the client's next request sees the session as it was before, or as it was to be. False: it
    /// is not stored. <see cref="Session.ReloadAsync"/> shows which of the two it is by then; a save that is simply tried again may do
    /// twice what adds something, such as an increment.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
