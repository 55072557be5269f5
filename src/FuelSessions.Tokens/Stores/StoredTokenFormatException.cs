namespace FuelSessions.Tokens.Stores;

/// <summary>What is stored under a key is no token. It counts as empty, with a warning.</summary>
internal sealed class StoredTokenFormatException(string message, Exception? inner = null) : Exception(message, inner);
