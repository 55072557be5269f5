using System.Diagnostics.CodeAnalysis;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// Protected forms of ids that this process has made or read a moment ago. Parallel requests of one browser carry the same
/// ones; and the answers to them carry the same one, letter by letter. Bounded in number, and in age to a minute, so
/// that it does not outlive the revocation of a key.
/// </summary>
internal sealed class RecentTokens(TimeProvider clock)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    // One place an id: whoever sends the same one at the same time is after the same place.
    private readonly Entry?[] _byId = new Entry?[4096];
    private readonly RecentSet<Entry> _byText = new();

    internal string? Find(SessionId id) => Volatile.Read(ref PlaceOf(id)) is { } entry && entry.Is(id) && IsLive(entry) ? entry.Text : null;

    internal bool TryFind(ReadOnlySpan<char> text, out SessionId id, [NotNullWhen(true)] out string? known)
    {
        foreach (ref Entry? place in _byText.SetOf(Hash(text)))
        {
            if (Volatile.Read(ref place) is { } entry && text.SequenceEqual(entry.Text) && IsLive(entry))
            {
                (id, known) = (entry.Id, entry.Text);
                return true;
            }
        }

        (id, known) = (default, null);
        return false;
    }

    /// <summary>Keeps what a client has sent.</summary>
    internal void Received(string text, SessionId id) => _byText.Add(Hash(text), new Entry(id, text, clock.GetTimestamp()));

    /// <summary>Keeps what is about to be sent. Gives back the text to send: another one, if another thread was first.</summary>
    internal string Sent(SessionId id, string text)
    {
        var added = new Entry(id, text, clock.GetTimestamp());
        ref Entry? place = ref PlaceOf(id);
        Entry? before = Volatile.Read(ref place);
        if (before is null || !before.Is(id) || !IsLive(before))
        {
            Entry? occupant = Interlocked.CompareExchange(ref place, added, before);
            before = occupant == before ? added : occupant;
        }

        Entry sent = before is not null && before.Is(id) ? before : added;
        _byText.Add(Hash(sent.Text), sent);
        return sent.Text;
    }

    private ref Entry? PlaceOf(SessionId id) => ref _byId[id.Secret.GetHashCode() & (_byId.Length - 1)];

    private static int Hash(ReadOnlySpan<char> text) => string.GetHashCode(text);

    private bool IsLive(Entry entry) => clock.GetElapsedTime(entry.Added) < Age;

    private sealed record Entry(SessionId Id, string Text, long Added) : RecentSet<Entry>.IEntry
    {
        internal bool Is(SessionId id) => id.Key == Id.Key && id.Secret.Equals(Id.Secret);
    }
}
