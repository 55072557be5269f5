using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>What must be true of every run. This part: what the store and the ids went through.</summary>
internal sealed partial class Invariants
{
    private readonly History _history;
    private readonly Start _start;
    private readonly Lineage _lineage;
    private readonly List<string> _broken = [];

    private Invariants(History history)
    {
        _history = history;
        _start = history.Scenario.Start;
        _lineage = new Lineage(history);
    }

    /// <summary>What the run breaks; each begins with the name of the rule and a colon.</summary>
    internal static IReadOnlyList<string> BrokenBy(History history)
    {
        var invariants = new Invariants(history);
        invariants.Destroyed();
        invariants.Transitions();
        invariants.GoodIds();
        invariants.Loads();
        invariants.HonestRequests();
        invariants.SentIds();
        invariants.Increments();
        invariants.RevokingRotations();
        invariants.ShutOut();
        invariants.StoreCalls();
        invariants.Clients();
        return invariants._broken;
    }

    private void Require(bool holds, string rule, int request = -1)
    {
        if (!holds)
        {
            _broken.Add(request < 0 ? rule : $"{rule} (request {request})");
        }
    }

    private IEnumerable<(int Index, StoreEvent Step)> Steps(int request) =>
        _history.Events.Index().Where(entry => entry.Item.Request == request);

    private int LoadOf(int request)
    {
        for (int i = 0; i < _history.Events.Count; i++)
        {
            if (_history.Events[i].Request == request)
            {
                return i;
            }
        }

        return -1;
    }

    // Invariant 3 [W6].
    private void Destroyed()
    {
        if (!_lineage.IsDestroyed)
        {
            return;
        }

        Require(_history.Record is null, "W6: a destroyed session is in the store again");
        Require(
            !_history.Events.Skip(_lineage.DestroyedAt + 1).Any(step => step.Key == _start.Key && step.After is not null),
            "W6: a destroyed session was in the store again");
        foreach (((SessionKey key, _), Found found) in _history.Now)
        {
            Require(key != _start.Key || !found.HasAnything, "W6: an id of a destroyed session opens something");
            Require(!found.HasBase, "W6: data of a destroyed session are in another one");
        }
    }

    // Each accepted write is a step that the rules allow.
    private void Transitions()
    {
        foreach (StoreEvent step in _history.Events)
        {
            if (step is not { Call: StoreCall.Write, Accepted: true, Before: { } before, After: { } after })
            {
                continue;
            }

            Outcome by = _history.Outcomes[step.Request];
            Plan plan = by.Plan;
            Require(after.Version == before.Version + 1, "W2: a write did not raise the version by one", step.Request);
            Require(after.Created == before.Created && after.Expires >= before.Expires, "W7: a write shortened the session", step.Request);
            Require(step.Revoked ? plan.Revokes && after.Epoch == before.Epoch + 1 : after.Epoch == before.Epoch, "R10: the epoch changed without a revoking rotation", step.Request);
            if (before.TokenSecret is { } tokens)
            {
                Require(step.Revoked || (after.TokenSecret is { } kept && kept.Hash.Equals(tokens.Hash)), "C6: a token was lost without a revoking rotation", step.Request);
                Require(!step.Revoked || after.TokenSecret is not { } drawn || !drawn.Hash.Equals(tokens.Hash), "C6: a token outlived a revoking rotation", step.Request);
            }

            bool showedCurrent = by.Presented is { } shown && shown.Equals(before.CurrentHash);
            if (step.Rotated)
            {
                bool asked = before.IsRotationDue || plan is { RotatesOnDemand: true } or { Deed: Deed.Prolong };
                Require(step.Revoked || plan.RotatesByItself || asked, "R8: a request rotated that had no reason to", step.Request);
                Require(after.Confirmed is null, "R2: a new id counts as seen", step.Request);
                Require(step.Revoked || showedCurrent, "R4: a rotation by who did not show the current id", step.Request);
            }
            else
            {
                Require(
                    Equals(after.Confirmed, before.Confirmed) || (before.Confirmed is null && showedCurrent),
                    "R3: an id was confirmed by who did not show it",
                    step.Request);
            }
        }
    }

    // Invariants 5 and 6, at the end [R2, R3, R9].
    private void GoodIds()
    {
        if (_lineage.IsDestroyed)
        {
            return;
        }

        int opening = 0;
        foreach (((SessionKey key, SecretHash id), Found found) in _history.Now)
        {
            if (key != _start.Key)
            {
                continue;
            }

            opening += found.Opens ? 1 : 0;
            Require(
                found.Token is not { } token || (_history.Record?.TokenSecret is { } stored && stored.Hash.Equals(token)),
                "C6: the holder of the current id makes a token that is not good");
            bool good = _lineage.IsGoodAfter(int.MaxValue, id);
            Require(found.Opens == good && found.HasAnything == good, good ? "R2: a good id opens nothing" : "R6: a bad id opens the session");
            bool goodLater = _lineage.IsGoodLater(id);

            // Where it can't be stored that an id was seen, the one before stays good [R2].
            bool mayStay = _history.Scenario.UpkeepFails && good && !goodLater;
            Require(
                mayStay || _history.Later.GetValueOrDefault((key, id)).HasAnything == goodLater,
                goodLater ? "R2: an id whose successor nobody has seen opens nothing any more" : "R3: an id opens the session after its grace");
        }

        Require(opening <= 2, "R9: more than two ids open the session");
    }

    // Invariant 5, during the run.
    private void Loads()
    {
        for (int i = 0; i < _history.Outcomes.Count; i++)
        {
            Outcome outcome = _history.Outcomes[i];
            int load = LoadOf(i);
            if (load < 0 || outcome.Key != _start.Key)
            {
                continue;
            }

            bool good = !_lineage.IsDestroyedBefore(load)
                && (outcome.Presented is { } id ? _lineage.IsGoodAfter(load, id) : !_lineage.Links.Any(link => link.Revokes && link.Since >= 0 && link.Since < load));
            Require(outcome.SawData == good && (outcome.Loaded == SessionState.Active) == good, good ? "R4: a good id loaded nothing" : "R6: a bad id loaded data", i);
        }
    }

    // [R8] Where nobody does anything but to use the session, each request of its browser finds it.
    private void HonestRequests()
    {
        if (!IsOneBrowsers || _history.Scenario.Plans.Any(plan => plan.Demands))
        {
            return;
        }

        for (int i = 0; i < _history.Outcomes.Count; i++)
        {
            Require(_history.Outcomes[i].Loaded == SessionState.Active, "R8: a rotation that was merely due made a stranger of a request that was on its way", i);
        }
    }

    // One browser's requests, and what it holds was not overtaken before they began.
    private bool IsOneBrowsers =>
        _history.Scenario.Browser is { } held && (held == _start.Current || _start.State == StartState.Unconfirmed);

    // Invariant 4 [R5].
    private void SentIds()
    {
        for (int i = 0; i < _history.Outcomes.Count; i++)
        {
            Outcome outcome = _history.Outcomes[i];
            if (outcome.Sent is not { } sent)
            {
                continue;
            }

            Require(
                _history.Scenario.WithoutRotation || outcome.Presented is not { } shown || !shown.Equals(sent.Hash) || outcome.Key != sent.Key,
                "R5: a request was sent the id that it had shown",
                i);

            int last = Steps(i).Last().Index;
            SecretHash id = sent.Hash;
            if (sent.Key == _start.Key)
            {
                // With a commit queue the last word on the session can be what the one before in the line has stored.
                bool current = Enumerable.Range(last, Math.Max(1, outcome.Ended - last)).Any(step => !_lineage.IsDestroyedBefore(step) && _lineage.CurrentAfter(step).Equals(id));
                Require(current, "R5: an id was sent that was not the current one when the store last answered", i);
            }
            else
            {
                Require(
                    Steps(i).Any(entry => entry.Step is { Call: StoreCall.Write, Accepted: true } step && step.Key == sent.Key && step.After!.CurrentHash.Equals(id)),
                    "R5: the id of a new session was sent though the store has not accepted it",
                    i);
            }
        }
    }
}
