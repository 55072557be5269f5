using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// Protected forms of ids that this process has made or read a moment ago. Parallel requests of one browser carry the same
/// ones; and the answers to them carry the same one, letter by letter. Bounded in number, and in age to a minute, so
/// that it does not outlive the revocation of a key.
/// </summary>
internal sealed class RecentTokens(TimeProvider clock)
{
    private const int Slots = 4096;

    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Entry?[] _byId = new Entry?[Slots];
    private readonly Entry?[] _byText = new Entry?[Slots];

    internal string? Find(SessionId id) => Live(ref SlotOf(id)) is { } entry && entry.Is(id) ? entry.Text : null;

    internal bool TryFind(string text, out SessionId id)
    {
        if (Live(ref SlotOf(text)) is { } entry && string.Equals(entry.Text, text, StringComparison.Ordinal))
        {
            id = entry.Id;
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Keeps what a client has sent.</summary>
    internal void Received(string text, SessionId id) => Volatile.Write(ref SlotOf(text), new Entry(id, text, clock.GetTimestamp()));

    /// <summary>Keeps what is about to be sent. Gives back the text to send: another one, if another thread was first.</summary>
    internal string Sent(SessionId id, string text)
    {
        var added = new Entry(id, text, clock.GetTimestamp());
        ref Entry? slot = ref SlotOf(id);
        Entry? before = Volatile.Read(ref slot);
        if (before is null || !before.Is(id) || !IsLive(before))
        {
            Entry? occupant = Interlocked.CompareExchange(ref slot, added, before);
            before = occupant == before ? added : occupant;
        }

        Entry sent = before is not null && before.Is(id) ? before : added;
        Volatile.Write(ref SlotOf(sent.Text), sent);
        return sent.Text;
    }

    private bool IsLive(Entry entry) => clock.GetElapsedTime(entry.Added) < Age;

    private Entry? Live(ref Entry? slot) => Volatile.Read(ref slot) is { } entry && IsLive(entry) ? entry : null;

    private ref Entry? SlotOf(SessionId id) => ref _byId[id.Secret.GetHashCode() & (Slots - 1)];

    private ref Entry? SlotOf(string text) => ref _byText[text.GetHashCode() & (Slots - 1)];

    private sealed record Entry(SessionId Id, string Text, long Added)
    {
        internal bool Is(SessionId id) => id.Key == Id.Key && id.Secret.Equals(Id.Secret);
    }
}
