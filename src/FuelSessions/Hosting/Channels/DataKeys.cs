using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FuelSessions;

/// <summary>
/// The keys that ids are sealed with. Each travels under Data Protection beside the ids, so that every process with the
/// same key ring can read them; here it is kept, because to ask Data Protection for each id would cost more than all else.
/// </summary>
internal sealed class DataKeys(ProtectedText protection, TimeProvider clock)
{
    // How long new ids get the same one.
    private static readonly TimeSpan Use = TimeSpan.FromHours(1);

    // One a process and hour, among ids that may be days old.
    private const int MostKnown = 1024;

    // With the default algorithms a protected key has 155 characters.
    internal const int Longest = 512 - DataKey.SealedLength;

    private readonly ConcurrentDictionary<string, DataKey> _known = new(StringComparer.Ordinal);
    private DataKey? _own;

    /// <summary>The key for new ids: one of this process's own, made within the hour.</summary>
    /// <exception cref="SessionStoreException">Data Protection's keys can't be loaded.</exception>
    internal DataKey Current()
    {
        DataKey? own = Volatile.Read(ref _own);
        if (own is not null && clock.GetElapsedTime(own.Made) < Use && IsGood(own))
        {
            return own;
        }

        DataKey made = Make();
        DataKey? other = Interlocked.CompareExchange(ref _own, made, own);
        return other == own ? made : other!;
    }

    /// <summary>The key that travels as this text; null if it is malformed, forged or another app's.</summary>
    /// <exception cref="SessionStoreException">Data Protection's keys can't be loaded.</exception>
    internal DataKey? Find(ReadOnlySpan<char> text)
    {
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out DataKey? known))
        {
            return IsGood(known) ? known : null;
        }

        long now = clock.GetTimestamp();
        return protection.Unprotect(text, Longest) is { Length: DataKey.Size } key ? Keep(new DataKey(key, text.ToString(), now)) : null;
    }

    private DataKey Make()
    {
        long now = clock.GetTimestamp();
        byte[] key = RandomNumberGenerator.GetBytes(DataKey.Size);
        return Keep(new DataKey(key, protection.Protect(key), now));
    }

    private bool IsGood(DataKey key)
    {
        if (key.IsTrusted(clock))
        {
            return true;
        }

        long now = clock.GetTimestamp();
        if (protection.Unprotect(key.Text, Longest) is null)
        {
            return false;
        }

        key.TrustSince(now);
        return true;
    }

    private DataKey Keep(DataKey key)
    {
        // Those still in use come back with the next id that brings them.
        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        return _known[key.Text] = key;
    }
}
