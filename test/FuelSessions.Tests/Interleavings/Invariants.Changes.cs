using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>This part: what became of changes, and of revoking rotations that met others.</summary>
internal sealed partial class Invariants
{
    // Invariant 2 [W3].
    private void Increments()
    {
        foreach (IGrouping<SessionKey, (int Request, Acknowledged Change)> session in
            _history.Outcomes.Index().SelectMany(entry => entry.Item.Acknowledged.Select(change => (entry.Index, change))).GroupBy(entry => entry.change.Key))
        {
            if (session.Key != _start.Key)
            {
                // A session that began here holds what its own request put there, and nothing else.
                StoreEvent? last = _history.Events.LastOrDefault(step => step.Key == session.Key && step.Accepted);
                Require(
                    last is { Call: StoreCall.Delete } || (last?.After is { } begun && Variables.Read(new VariableMap(begun.Data), Variables.Sum) == session.Sum(entry => entry.Change.Sum)),
                    "W3: a new session does not hold its own increments");
            }
            else if (_history.Record is { } record)
            {
                var data = new VariableMap(record.Data);
                Require(Variables.Read(data, Variables.Sum) == session.Sum(entry => entry.Change.Sum), "W3: the sum is not that of the acknowledged increments");
                int[] writers = [.. session.Where(entry => entry.Change.Wrote).Select(entry => entry.Request)];
                Require(writers.All(writer => data.TryGet(Variables.Own(writer), out _)), "W3: an acknowledged variable is not there");
                Require(writers.Length == 0 || writers.Contains((int)Variables.Read(data, Variables.Last)), "W3: a variable has a value that nobody was told was saved");
            }
        }

        if (_history.Record is { } kept)
        {
            Require(new VariableMap(kept.Data).TryGet(Variables.BasePath, out _), "W3: data from before are not there");
        }

        // Whose a new session is, only its own request can have said.
        foreach ((int i, Outcome outcome) in _history.Outcomes.Index())
        {
            foreach (StoreEvent step in _history.Events.Where(step => step.Request == i && step.Key != _start.Key && step is { Call: StoreCall.Write, Before: null, After: not null }))
            {
                Require(step.After!.Principal is null || step.After.Principal == outcome.Plan.Principal, "R10: a new session belongs to somebody who did not sign in there", i);
                Require(!new VariableMap(step.After.Data).TryGet(Variables.BasePath, out _), "R10: a new session has data that its request did not write", i);
            }
        }
    }

    // [W5] and what is said of two revoking rotations that meet.
    private void RevokingRotations()
    {
        foreach ((int i, Outcome outcome) in _history.Outcomes.Index())
        {
            if (outcome.Loaded != SessionState.Active || outcome.Key != _start.Key || !Revokes(outcome) || outcome.Plan.Deed == Deed.SaveRevokeAndIncrement)
            {
                continue;
            }

            (int Index, StoreEvent Step)[] own = [.. Steps(i).Where(entry => entry.Step.Revoked)];

            // A token's request that was shut out has no session of its own to go on in [C6].
            bool mayDrop = outcome.Presented is null && FasterThan(i, outcome.Ended).Any();
            Require(own.Length == 1 || outcome.FinalKey != _start.Key || _lineage.IsDestroyed || mayDrop, "W5: a revoking rotation was dropped", i);
            Require(own.Length <= 1, "W5: one revoking rotation was made twice", i);
            int end = own.Length == 1 ? own[0].Index : outcome.Ended;
            Lineage.Link[] faster = [.. FasterThan(i, end)];
            Require(own.Length == 0 || faster.Length == 0 || IsSamePerson(outcome, faster[^1]), "W5: a revoking rotation was made on top of one that shut it out", i);
            Require(outcome.FinalKey == _start.Key || faster.Any(link => !IsSamePerson(outcome, link)), "W5: a revoking rotation began another session for no reason", i);
        }
    }

    // Who was shut out by a revoking rotation while it ran has nothing in hand of what came after it.
    private void ShutOut()
    {
        foreach ((int i, Outcome outcome) in _history.Outcomes.Index())
        {
            if (outcome.Loaded != SessionState.Active || outcome.Key != _start.Key)
            {
                continue;
            }

            Lineage.Link[] faster = [.. FasterThan(i, Math.Max(Steps(i).Last().Index + 1, outcome.Ended))];
            foreach (Lineage.Link link in faster)
            {
                if (IsSamePerson(outcome, faster[^1]))
                {
                    break;
                }

                Require(
                    !Steps(i).Any(entry => entry.Index > link.Since && entry.Step.Key == _start.Key && entry.Step is { Call: not StoreCall.Read, Accepted: true }),
                    "R10: who was shut out changed the session",
                    i);
                Require(
                    _lineage.IsDestroyed || (outcome.Sent?.Key != _start.Key && !outcome.Withdraws),
                    "R10: who was shut out was sent an id of the session, or that it has ended",
                    i);
                SessionRecord before = _history.Events[link.Since].Before!;
                long mayKnow = Variables.Share(Variables.Read(new VariableMap(before.Data), Variables.Sum), link.By);
                Require(Variables.Share(outcome.FinalSum, link.By) <= mayKnow, "R10: who was shut out holds data of the one who did it", i);
                Require(outcome.Shown.All(sum => Variables.Share(sum, link.By) <= mayKnow), "R10: a function of who was shut out was run on data of the one who did it", i);
                if (outcome.FinalKey == _start.Key && !_lineage.IsDestroyed)
                {
                    Require(_history.Events[link.Since].After!.TokenSecret is not { } tokens || !tokens.Hash.Equals(outcome.FinalToken()), "R10: who was shut out can make a token", i);
                    Require(outcome.InHand is not { } id || _lineage.IndexOf(id) < _lineage.IndexOf(link.Hash), "R10: who was shut out holds an id", i);
                    Require(outcome.FinalPrincipal == outcome.LoadedPrincipal || outcome.FinalPrincipal is null, "R10: who was shut out belongs to somebody else", i);
                }
            }
        }
    }

    // The revoking rotations of others while it ran.
    private IEnumerable<Lineage.Link> FasterThan(int request, int end)
    {
        int load = LoadOf(request);
        return _lineage.Links.Where(link => link.Revokes && link.By != request && link.Since > load && link.Since < end);
    }

    private static bool Revokes(Outcome outcome) =>
        outcome.Plan.Attaches ? outcome.Plan.Principal != outcome.LoadedPrincipal : outcome.Plan.Revokes;

    // The session belongs since then to whom this request has attached itself, and not merely found there.
    private bool IsSamePerson(Outcome outcome, Lineage.Link winner) =>
        outcome.Plan.Principal is { } principal && Revokes(outcome) && _history.Events[winner.Since].After!.Principal == principal;

    // Invariant 7 [W7, W8].
    private void StoreCalls()
    {
        int confirming = 0;
        foreach ((int i, Outcome outcome) in _history.Outcomes.Index())
        {
            StoreEvent[] steps = [.. Steps(i).Select(entry => entry.Step)];
            int reads = steps.Count(step => step.Call == StoreCall.Read);
            int deletes = steps.Count(step => step.Call == StoreCall.Delete);
            int touches = steps.Count(step => step.Call == StoreCall.Touch);
            int lostTouches = steps.Count(step => step is { Call: StoreCall.Touch, Accepted: false, Before: not null });
            int lost = steps.Count(step => step is { Call: StoreCall.Write, Accepted: false, Before: not null });
            int lostDeletes = steps.Count(step => step is { Call: StoreCall.Delete, Accepted: false, Before: not null });
            int written = steps.Count(step => step is { Call: StoreCall.Write, Accepted: true });
            int gone = steps.Count(step => step is { Call: StoreCall.Write, Accepted: false, Before: null });
            Plan plan = outcome.Plan;
            int othersWrites = _history.Events.Count(step => step.Request != i && step is { Call: StoreCall.Write, Accepted: true } && step.Key == _start.Key);

            // Once more to tell the client an id that it did not show, by who has nothing to store.
            bool tells = written == 0 && outcome.Presented is { } known && steps is [{ After: { } loaded }, ..] && !known.Equals(loaded.CurrentHash);
            Require(reads <= (outcome.Key is null ? 0 : 1) + (tells ? 1 : 0), "W8: a read too many", i);
            Require(lostDeletes <= othersWrites && lostTouches <= othersWrites, "W8: a conflict with nobody", i);
            Require(deletes - lostDeletes <= (plan.Destroys || _start.OnStaleId == StaleIdAction.Destroy ? 1 : 0), "W8: a delete that nobody asked for", i);
            Require(touches == 0 || (_start.TouchDue && touches - lostTouches <= 1 && written == 0), "W7: a touch that was not due", i);
            Require(written + gone <= plan.Saves, "W8: more writes than saves", i);
            Require(lost <= (_history.Scenario.OneProcess ? 0 : othersWrites), "W8: a conflict with nobody", i);

            if (plan.Deed is Deed.Read or Deed.AutoRotate && !steps.Any(step => step.Rotated))
            {
                confirming += written;
                bool showedCurrent = steps is [{ After: { } found }, ..] && outcome.Presented is { } shown && shown.Equals(found.CurrentHash);
                bool mayWrite = showedCurrent && (plan.RotatesByItself || steps[0].After!.Confirmed is null || steps[0].After!.IsRotationDue);
                Require(mayWrite || written + lost + gone == 0, "W7: a request that changed nothing wrote", i);
            }
        }

        Require(confirming <= 1 + _lineage.Links.Count(link => link.Since >= 0), "W7: one rotation was confirmed more than once");
    }
}
