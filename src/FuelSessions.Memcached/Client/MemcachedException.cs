namespace FuelSessions.Memcached.Client;

/// <summary>A server can't be reached, went away, or did not do what it was asked for.</summary>
internal class MemcachedException(string message, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>Whether the command was never sent, or was answered by an error: then nothing of it is stored.</summary>
    internal bool IsNotDone { get; init; }
}
