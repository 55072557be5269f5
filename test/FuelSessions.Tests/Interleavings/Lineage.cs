using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>
/// The ids that a session has had in one run, and which of them were good after which step. Told from the accepted
/// writes by the rules' own words, without a look at what the engine thinks of an id.
/// </summary>
internal sealed class Lineage
{
    private readonly History _history;

    internal Lineage(History history)
    {
        _history = history;
        Start start = history.Scenario.Start;
        if (start.Previous is { } previous)
        {
            Links.Add(new Link(previous.Hash, -1, -1, Revokes: false, start.Good.Length > 1));
        }

        Links.Add(new Link(start.Current.Hash, -1, -1, start.State is StartState.Revoked or StartState.RevokedAndConfirmed, true));
        for (int i = 0; i < history.Events.Count; i++)
        {
            StoreEvent step = history.Events[i];
            if (step.Key == start.Key && step.Rotated)
            {
                Links.Add(new Link(step.After!.CurrentHash, i, step.Request, step.Revoked, true));
            }
            else if (step.Key == start.Key && step.Call == StoreCall.Delete && step.Accepted && DestroyedAt < 0)
            {
                DestroyedAt = i;
            }
        }
    }

    /// <summary>One id: since which step it is current, by whose rotation.</summary>
    internal sealed record Link(SecretHash Hash, int Since, int By, bool Revokes, bool GoodAtStart);

    internal List<Link> Links { get; } = [];

    /// <summary>The step that destroyed the session; -1 if none did.</summary>
    internal int DestroyedAt { get; } = -1;

    internal bool IsDestroyed => DestroyedAt >= 0;

    internal bool IsDestroyedBefore(int step) => IsDestroyed && DestroyedAt < step;

    internal SecretHash CurrentAfter(int step) => Links.Last(link => link.Since <= step).Hash;

    /// <summary>
    /// Whether an id opened the session after that step: it is the current one, or the one before and not revoked [R2, R3].
    /// A second rotation, by who shows the first one's id, ends the grace of the id before it: there are never three [R9].
    /// </summary>
    internal bool IsGoodAfter(int step, SecretHash id)
    {
        int last = Links.FindLastIndex(link => link.Since <= step);
        if (Links[last].Hash.Equals(id))
        {
            return true;
        }

        return last > 0 && !Links[last].Revokes && Links[last - 1].GoodAtStart && Links[last - 1].Hash.Equals(id);
    }

    /// <summary>Whether it still does when every grace is over: a previous id only as long as nobody has shown its successor [R2].</summary>
    internal bool IsGoodLater(SecretHash id)
    {
        if (!IsGoodAfter(int.MaxValue, id))
        {
            return false;
        }

        Link current = Links[^1];
        bool seen = (current.Since < 0 && _history.Scenario.Start.Record.Confirmed is not null) || WasShown(current.Hash);
        return current.Hash.Equals(id) || !seen;
    }

    /// <summary>Whether a request showed that id and was served.</summary>
    internal bool WasShown(SecretHash id) =>
        _history.Outcomes.Any(outcome => outcome.Loaded == SessionState.Active && outcome.Presented is { } shown && shown.Equals(id));

    internal int IndexOf(SecretHash id) => Links.FindIndex(link => link.Hash.Equals(id));
}
