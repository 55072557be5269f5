namespace FuelSessions.Memcached.Client;

/// <summary>A server can't be reached, went away, or did not do what it was asked for.</summary>
internal class MemcachedException(string message, Exception? innerException = null) : IOException(message, innerException);
