namespace FuelSessions.Tokens.Stores;

/// <summary>What is stored under a key is no token. It counts as empty, with a warning.</summary>
/// <param name="version">The version that a write must name to replace it; 0 if that can't be made out either.</param>
internal sealed class StoredTokenFormatException(string message, Exception? inner = null, long version = 0) : Exception(message, inner)
{
    internal long Version => version;
}
