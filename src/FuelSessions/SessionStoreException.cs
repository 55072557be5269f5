namespace FuelSessions;

/// <summary>
/// The store of a session could not be reached, or did not answer within <see cref="FuelSessionsOptions.StoreTimeout"/>.
/// Nothing was sent to the client that would make it lose its session; what failed is the inner exception.
/// </summary>
public sealed class SessionStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
