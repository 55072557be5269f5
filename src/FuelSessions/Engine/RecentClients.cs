using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// The hashes of user agents that this process has computed a moment ago: a browser's next request has the same one. What is found is
/// what would be computed.
/// </summary>
internal sealed class RecentClients
{
    private readonly RecentSet<Entry> _entries = new();
    private long _added;

    internal bool TryFind(SessionKey key, string userAgent, out ulong hash)
    {
        foreach (ref Entry? place in _entries.SetOf(key.GetHashCode()))
        {
            if (Volatile.Read(ref place) is { } entry && entry.Key == key && string.Equals(entry.UserAgent, userAgent, StringComparison.Ordinal))
            {
                hash = entry.Hash;
                return true;
            }
        }

        hash = 0;
        return false;
    }

    internal void Keep(SessionKey key, string userAgent, ulong hash) =>
        _entries.Add(key.GetHashCode(), new Entry(key, userAgent, hash, Interlocked.Increment(ref _added)));

    private sealed record Entry(SessionKey Key, string UserAgent, ulong Hash, long Added) : RecentSet<Entry>.IEntry;
}
