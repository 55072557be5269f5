namespace FuelSessions.Memcached.Client;

/// <summary>An answer that can't be one. What follows it on that connection can't be trusted either.</summary>
internal sealed class MemcachedProtocolException(string message) : MemcachedException(message);
