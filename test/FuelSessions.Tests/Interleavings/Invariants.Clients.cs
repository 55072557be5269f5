namespace FuelSessions.Tests.Interleavings;

/// <summary>This part: what the clients are left with, for every order in which the answers arrive, and every loss.</summary>
internal sealed partial class Invariants
{
    /// <summary>In how many ways that many answers can arrive: each order of each selection.</summary>
    internal static int Arrivals(int answers)
    {
        int ways = 1;
        for (int i = answers; i > 0; i--)
        {
            ways = (ways * (answers - i + 1)) + 1;
        }

        return ways;
    }

    // Invariant 1.
    private void Clients()
    {
        // Who was served a new session for an old id was no race any more: that request is not the client's [R7].
        int[] answers = [.. Enumerable.Range(0, _history.Outcomes.Count).Where(i =>
            (_history.Outcomes[i].Sent is not null || _history.Outcomes[i].Withdraws)
            && _history.Outcomes[i].Loaded != SessionState.New
            && !_history.Delivered.Contains(i))];
        KnownId[] holders = _history.Scenario.Browser is { } browser ? [browser] : _start.Good;
        foreach (KnownId held in holders)
        {
            var order = new List<int>(_history.Delivered);
            Arrive(held, answers, order);
        }
    }

    // All selections in all orders, the empty one first.
    private void Arrive(KnownId held, int[] answers, List<int> order)
    {
        Judge(held, order);
        foreach (int answer in answers)
        {
            if (!order.Contains(answer))
            {
                order.Add(answer);
                Arrive(held, answers, order);
                order.RemoveAt(order.Count - 1);
            }
        }
    }

    private void Judge(KnownId held, List<int> order)
    {
        KnownId? cookie = held;
        int from = -1;
        foreach (int answer in order)
        {
            Outcome outcome = _history.Outcomes[answer];
            if (outcome.Sent is not null || outcome.Withdraws)
            {
                (cookie, from) = (outcome.Sent, answer);
            }
        }

        if (cookie is { } id && id.Key != _start.Key)
        {
            Require(OpensItsOwn(id), "R7: a client was given the id of a new session without a reason, or one that opens nothing");
        }
        else if (cookie is null && from >= 0 && _history.Outcomes[from].Key != _start.Key)
        {
            // It has ended a session that began here, and so the cookie as well.
        }
        else if (!_lineage.IsDestroyed && !(cookie is { } own && Opens(own)))
        {
            Require(
                cookie is { } bad && (IsRevokedOrOvertaken(order, from) || IsOvertakenTwice(bad)),
                $"R2: a client with a good id has lost its session (it held the {(held == _start.Current ? "current" : "previous")} id; arrived: {string.Join(",", order)})");
        }
        else if (!_lineage.IsDestroyed && IsOneBrowsers && !_history.Later.GetValueOrDefault(cookie!.Name).Opens)
        {
            // An answer can come as late as it likes: nothing that the browser learned before it may be lost by it.
            Require(
                IsRevokedOrOvertaken(order, from) || IsTwoRotationsLate(from),
                $"R5: a late answer gave a client back an id that had a successor already (arrived: {string.Join(",", order)})");
        }
    }

    private bool Opens(KnownId id) => _history.Now[id.Name] is { Opens: true, HasBase: true };

    // A new session, because it was asked for, or because another one shut that request out.
    private bool OpensItsOwn(KnownId id)
    {
        StoreEvent? begun = _history.Events.FirstOrDefault(step => step.Key == id.Key && step is { Call: StoreCall.Write, Accepted: true });
        bool ended = _history.Events.Any(step => step.Key == id.Key && (step.Revoked || step is { Call: StoreCall.Delete, Accepted: true }));
        long sum = _history.Outcomes.SelectMany(outcome => outcome.Acknowledged).Where(change => change.Key == id.Key).Sum(change => change.Sum);
        return begun is not null
            && (_history.Outcomes[begun.Request].Plan is { Deed: Deed.Renew } or { Revokes: true } || _lineage.IsDestroyed)
            && (ended || (_history.Now[id.Name] is { Opens: true } found && found.Sum == sum));
    }

    // The limit of revoking rotations: its answer was lost, or overtaken by one that was committed before it.
    private bool IsRevokedOrOvertaken(List<int> order, int from)
    {
        if (_lineage.Links.FindLast(link => link.Revokes && link.Since >= 0) is not { } revoking)
        {
            return false;
        }

        int arrived = order.IndexOf(revoking.By);
        return arrived < 0 || (from != revoking.By && order.IndexOf(from) > arrived && LastStepOf(from) < revoking.Since);
    }

    // The id was replaced twice, and the one in between was shown: by another client, or by this one, whose cookie was then
    // overtaken by an older one. Nobody loses a session whose id was never succeeded by one that a client has shown [R2].
    private bool IsOvertakenTwice(KnownId cookie)
    {
        int index = _lineage.IndexOf(cookie.Hash);
        return index >= 0 && index < _lineage.Links.Count - 2
            && _lineage.Links.Skip(index + 1).Take(_lineage.Links.Count - index - 2).All(link => _lineage.WasShown(link.Hash));
    }

    // Two rotations since the request was sent, and the second one's id was shown: closer together than that answer took.
    private bool IsTwoRotationsLate(int from) =>
        from >= 0 && _history.Outcomes[from].Presented is { } shown && _lineage.IndexOf(shown) is >= 0 and int index && index < _lineage.Links.Count - 2;

    private int LastStepOf(int request) => Steps(request).Last().Index;
}
