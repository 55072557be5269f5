namespace FuelSessions.Memcached.Client;

/// <summary>An item would take more than the server's limit. What is stored there stays: the server was not asked.</summary>
internal sealed class ItemTooLargeException(int size, int limit) : MemcachedException($"An item of {size} bytes is over the server's limit of {limit}.")
{
    internal int Size => size;

    internal int Limit => limit;
}
