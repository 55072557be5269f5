using FuelSessions.Records;

namespace FuelSessions.Memcached.Items;

/// <summary>
/// The versions that this process saw last, so that the write which follows a read is one command. It only saves
/// commands: a version that was pushed out is read again before it is replaced. Its size is fixed, 800 KB.
/// </summary>
internal sealed class KnownVersions
{
    private const int Sets = 4096;
    private const int Ways = 4;

    private readonly Entry[] _entries = new Entry[Sets * Ways];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];
    private int _turn;

    /// <summary>What is known of that session; the default, with version 0, if nothing is.</summary>
    internal KnownVersion Find(SessionKey key)
    {
        int set = SetOf(key);
        lock (LockOf(set))
        {
            foreach (ref readonly Entry entry in WaysOf(set))
            {
                if (entry.Known.Version != 0 && entry.Key == key)
                {
                    return entry.Known;
                }
            }
        }

        return default;
    }

    internal void Remember(SessionKey key, KnownVersion known)
    {
        int set = SetOf(key);
        lock (LockOf(set))
        {
            Span<Entry> ways = WaysOf(set);
            int free = _turn++ & (Ways - 1);
            for (int way = 0; way < Ways; way++)
            {
                if (ways[way].Known.Version != 0 && ways[way].Key == key)
                {
                    free = way;
                    break;
                }
            }

            ways[free] = new Entry(key, known);
        }
    }

    internal void Forget(SessionKey key)
    {
        int set = SetOf(key);
        lock (LockOf(set))
        {
            foreach (ref Entry entry in WaysOf(set))
            {
                if (entry.Key == key)
                {
                    entry = default;
                }
            }
        }
    }

    // Keys are random bits.
    private static int SetOf(SessionKey key) => key.GetHashCode() & (Sets - 1);

    private Lock LockOf(int set) => _locks[set & 63];

    private Span<Entry> WaysOf(int set) => _entries.AsSpan(set * Ways, Ways);

    private readonly record struct Entry(SessionKey Key, KnownVersion Known);
}
