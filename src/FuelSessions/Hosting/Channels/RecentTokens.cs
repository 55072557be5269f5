using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// Protected forms of ids that this process has made or read a moment ago. Parallel requests of one browser carry the same
/// ones; and the answers to them carry the same one, letter by letter. Bounded in number; and each is known only while its data
/// key is trusted, so that it does not outlive the revocation of a key.
/// </summary>
/// <remarks>
/// Objects that are replaced after a moment are the dearest there are: old enough to survive one collection, and garbage at the next. So what came once is remembered as a
/// number, and is kept when it comes again.
/// </remarks>
internal sealed class RecentTokens(TimeProvider clock)
{
    private const int Places = 4096;
    private const int PlacesOfAText = 4;

    // Few, so that what comes again after longer, as where there are many sessions, is not kept either: it would be gone before it came once more.
    private const int Sightings = 1024;

    // What a text begins with is random, so there is no need to hash the rest.
    private const int NonceLength = 16;

    // One place an id: whoever sends the same one at the same time is after the same place.
    private readonly Entry?[] _byId = new Entry?[Places];
    private readonly Entry?[] _byText = new Entry?[Places];

    // The hashes of the texts that came last. Who overwrites another's has that one seen a second time later.
    private readonly int[] _seen = new int[Sightings];

    internal IdText? Find(SessionId id, string name) => Volatile.Read(ref PlaceOf(id)) is { } entry && entry.Is(id, name) && IsLive(entry) ? entry.Text : null;

    internal bool TryFind(ReadOnlySpan<char> text, string name, out SessionId id)
    {
        foreach (ref Entry? place in PlacesOf(HashOf(text)))
        {
            if (Volatile.Read(ref place) is { } entry && entry.Reads(text) && entry.IsOf(name) && IsLive(entry))
            {
                id = entry.Id;
                return true;
            }
        }

        id = default;
        return false;
    }

    /// <summary>Keeps what a client has sent for the second time.</summary>
    /// <param name="own">The text without the key's, which is shared.</param>
    internal void Received(ReadOnlySpan<char> own, SessionId id, DataKey key, string name)
    {
        int hash = HashOf(own);
        ref int seen = ref _seen[(uint)hash % Sightings];
        if (Volatile.Read(ref seen) == hash)
        {
            Add(new Entry(id, own.ToString(), key, name, clock.GetTimestamp()));
        }
        else
        {
            Volatile.Write(ref seen, hash);
        }
    }

    /// <summary>Keeps what is about to be sent. Gives back the text to send: another one, if another thread was first.</summary>
    internal IdText Sent(SessionId id, string own, DataKey key, string name)
    {
        var added = new Entry(id, own, key, name, clock.GetTimestamp());
        ref Entry? place = ref PlaceOf(id);
        Entry? before = Volatile.Read(ref place);
        if (before is null || !before.Is(id, name) || !IsLive(before))
        {
            Entry? occupant = Interlocked.CompareExchange(ref place, added, before);
            before = occupant == before ? added : occupant;
        }

        Entry sent = before is not null && before.Is(id, name) ? before : added;
        Add(sent);
        return sent.Text;
    }

    private ref Entry? PlaceOf(SessionId id) => ref _byId[id.Secret.GetHashCode() & (Places - 1)];

    private static int HashOf(ReadOnlySpan<char> text) => string.GetHashCode(text[..Math.Min(text.Length, NonceLength)]);

    private Span<Entry?> PlacesOf(int hash) => _byText.AsSpan((hash & ((Places / PlacesOfAText) - 1)) * PlacesOfAText, PlacesOfAText);

    // Into an empty place of its text's, or that which was filled first.
    private void Add(Entry added)
    {
        Span<Entry?> places = PlacesOf(HashOf(added.Own));
        int oldest = 0;
        Entry? occupant = Volatile.Read(ref places[0]);
        for (int i = 1; i < places.Length && occupant is not null; i++)
        {
            Entry? other = Volatile.Read(ref places[i]);
            if (other is null || other.Added < occupant.Added)
            {
                (oldest, occupant) = (i, other);
            }
        }

        Volatile.Write(ref places[oldest], added);
    }

    private bool IsLive(Entry entry) => entry.Key.IsTrusted(clock);

    private sealed record Entry(SessionId Id, string Own, DataKey Key, string Name, long Added)
    {
        internal IdText Text => new(Own, Key.Text);

        internal bool Reads(ReadOnlySpan<char> text) => text.StartsWith(Own, StringComparison.Ordinal) && text[Own.Length..].SequenceEqual(Key.Text);

        internal bool Is(SessionId id, string name) => id.Key == Id.Key && id.Secret.Equals(Id.Secret) && IsOf(name);

        internal bool IsOf(string name) => string.Equals(name, Name, StringComparison.Ordinal);
    }
}
