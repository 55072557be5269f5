using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>The proof proves something only if a broken store, other rules and a false history are caught, each by the rule that it breaks.</summary>
public class ProofCanFailTests
{
    private static readonly Dictionary<string, (Func<RecordStore> Store, string Rule)> Mutants = new()
    {
        ["the last write wins"] = (() => new LastWriteWins(), "W3: the sum is not that of the acknowledged increments"),
        ["a lost write is reported as stored"] = (() => new ForgetsLostWrites(), "W3: the sum is not that of the acknowledged increments"),
        ["reads lag behind"] = (() => new ReadsStale(), "R6: a bad id loaded data"),
        ["a write brings a session back"] = (() => new RaisesTheDead(), "W6: a destroyed session is in the store again"),
        ["a touch brings a session back"] = (() => new TouchesTheDead(), "W6: a destroyed session is in the store again"),
        ["a revocation is not noticed"] = (() => new HidesRevocations(), "R10: who was shut out changed the session"),
        ["a revocation is not noticed by a function"] = (() => new HidesRevocations(), "R10: a function of who was shut out was run on data of the one who did it"),
        ["a session is destroyed whoever has it by then"] = (() => new DeletesBlindly(), "R10: who was shut out changed the session"),
        ["a session is prolonged whoever has it by then"] = (() => new TouchesBlindly(), "R10: who was shut out changed the session"),
        ["the previous id is forgotten"] = (() => new OtherRules(record => record with { PreviousHash = null }), "R2: a client with a good id has lost its session"),
        ["revoked ids stay good"] = (() => new OtherRules(record => record with { PreviousRevoked = false }), "R6: a bad id opens the session"),
        ["a new id counts as seen"] = (() => new OtherRules(record => record with { Confirmed = Start.Now }), "R2: an id whose successor nobody has seen opens nothing any more"),
        ["nothing is ever confirmed"] = (() => new OtherRules(record => record with { Confirmed = null }), "R3: an id opens the session after its grace"),
        ["a write drops what tokens prove"] = (() => new OtherRules(record => record with { TokenSecret = null }), "C6: a token was lost without a revoking rotation"),
        ["tokens outlive a revocation"] = (() => new KeepsTokenSecrets(), "C6: a token outlived a revoking rotation"),
        ["what tokens prove is sealed for an id that is gone"] = (() => new KeepsTokenSecrets(), "C6: the holder of the current id makes a token that is not good"),
        ["a write drops the data"] = (() => new OtherRules(record => record with { Data = default }), "W3: data from before are not there"),
        ["a write shortens the session"] = (() => new OtherRules(record => record with { Expires = record.Expires - TimeSpan.FromMinutes(1) }), "W7: a write shortened the session"),
    };

    public static TheoryData<string> MutantNames => [.. Mutants.Keys];

    [Theory]
    [MemberData(nameof(MutantNames))]
    public void CatchesBrokenStoresAndOtherRules(string mutant)
    {
        (Func<RecordStore> store, string rule) = Mutants[mutant];
        var exploration = Exploration.Of(Scenarios.ForMutants(store));
        Assert.True(exploration.Broken.ContainsKey(rule), $"Not caught: {rule}. Caught: {string.Join("; ", exploration.Broken.Keys)}.");
    }

    [Fact]
    public void TheSameScenariosKeepEveryRuleOtherwise() =>
        Assert.Empty(Exploration.Of(Scenarios.ForMutants(static () => new RecordStore())).Broken);

    /// <summary>Only who never rotates has to send an id to who has shown it; a rotation on demand is overtaken by that.</summary>
    [Fact]
    public void CatchesAnIdThatComesBackWithALateAnswer() =>
        Assert.Equal(
            ["R5: a late answer gave a client back an id that had a successor already"],
            Exploration.Of(Scenarios.LateAnswers(3, withoutRotation: true)).Broken.Keys);

    [Fact]
    public void CatchesAnIdThatIsSentToWhoHasShownIt()
    {
        History history = Honest(Deed.Increment, Deed.Read);
        AssertCaught("R5: a request was sent the id that it had shown", Change(history, 0, outcome => outcome with { Sent = history.Scenario.Start.Current }));
    }

    /// <summary>Who confirms an id and rotates it in one write, while the session is in use, makes strangers of requests that are on their way.</summary>
    [Fact]
    public void CatchesARotationThatDoesNotWait()
    {
        Assert.Empty(Exploration.Of(Scenarios.Bursts(3, static () => new RecordStore())).Broken);
        Assert.Contains(
            "R8: a rotation that was merely due made a stranger of a request that was on its way",
            Exploration.Of(Scenarios.Bursts(3, static () => new ForgetsUse())).Broken.Keys);
    }

    [Fact]
    public void CatchesAnIdThatIsNotTheCurrentOne()
    {
        History history = Honest(Deed.Rotate, Deed.Read);
        AssertCaught(
            "R5: an id was sent that was not the current one when the store last answered",
            Change(history, 0, outcome => outcome with { Sent = history.Scenario.Start.Previous }));
    }

    [Fact]
    public void CatchesAnIncrementThatWasNotSaved()
    {
        History history = Honest(Deed.Increment, Deed.Read);
        AssertCaught(
            "W3: the sum is not that of the acknowledged increments",
            Change(history, 0, outcome => outcome with { Acknowledged = [new Acknowledged(history.Scenario.Start.Key, 2, Wrote: false)] }));
    }

    [Fact]
    public void CatchesAStaleIdThatSeesData() => AssertCaught(
        "R6: a bad id loaded data",
        Change(Honest(Deed.Read, Deed.Read, Presents.Stale), 1, outcome => outcome with { Loaded = SessionState.Active, SawData = true }));

    [Fact]
    public void CatchesAThirdGoodId()
    {
        History history = Honest(Deed.Rotate, Deed.Read);
        var found = history.Now.ToDictionary();
        found[history.Scenario.Start.Stale.Name] = found[history.Scenario.Start.Current.Name];
        AssertCaught("R9: more than two ids open the session", history with { Now = found });
    }

    [Fact]
    public void CatchesADroppedRevokingRotation()
    {
        History history = Honest(Deed.Revoke, Deed.Read);
        AssertCaught(
            "W5: a revoking rotation was dropped",
            history with { Events = [.. history.Events.Select(step => step.Revoked ? step with { After = step.After! with { Epoch = step.Before!.Epoch } } : step)] });
    }

    [Fact]
    public void CatchesWhoWasShutOutAndHoldsAnId()
    {
        // Both have loaded; the second revokes, then the first saves.
        History history = Honest(Deed.Increment, Deed.Revoke, order: [0, 1, 1, 0]);
        AssertCaught("R10: who was shut out holds an id", Change(history, 0, outcome => outcome with { InHand = history.Outcomes[1].Sent!.Hash }));
        AssertCaught("R10: who was shut out can make a token", Change(history, 0, outcome => outcome with { FinalToken = () => history.Record!.TokenSecret!.Hash }));
        AssertCaught("R10: who was shut out was sent an id", Change(history, 0, outcome => outcome with { Sent = history.Outcomes[1].Sent }));
        AssertCaught("R10: who was shut out was sent an id", Change(history, 0, outcome => outcome with { Withdraws = true }));
    }

    [Fact]
    public void CatchesAWriteOfARequestThatChangedNothing()
    {
        History history = Honest(Deed.Increment, Deed.Read);
        StoreEvent write = history.Events.Single(step => step.Call == StoreCall.Write);
        AssertCaught("W7: a request that changed nothing wrote", history with { Events = [.. history.Events, write with { Request = 1 }] });
    }

    [Fact]
    public void VisitsEveryLeafOnce()
    {
        var choices = new Choices();
        var leaves = new List<string>();
        do
        {
            int first = choices.Choose(3);
            leaves.Add(first == 1 ? $"{first}" : $"{first}{choices.Choose(2)}");
        }
        while (choices.Next());

        Assert.Equal(["00", "01", "1", "20", "21"], leaves);
        Assert.Equal([1, 2, 5, 16], Enumerable.Range(0, 4).Select(Invariants.Arrivals));
    }

    [Fact]
    public void TriesEveryOrderOfTheSteps()
    {
        // Two steps each: six orders. Those in which both read before either writes differ only in the order of the reads, which
        // says nothing, and of the writes: two instead of four. The loser's second write adds no order.
        Assert.Equal(4, Exploration.Of([Of(Deed.Rotate, Deed.Write)]).Schedules);

        // In one process the order of the reads decides who is first in the line, and the other one waits for it.
        Assert.Equal(4, Exploration.Of([Of(Deed.Rotate, Deed.Write) with { OneProcess = true }]).Schedules);
    }

    private static Scenario Of(Deed first, Deed second, Presents shown = Presents.Current) =>
        new(new Start(StartState.InGrace), [new Plan(first, Presents.Current), new Plan(second, shown)]);

    // One run that keeps every rule: of the first order, or of the given one.
    private static History Honest(Deed first, Deed second, Presents shown = Presents.Current, int[]? order = null)
    {
        var choices = new Choices();
        do
        {
            if (Execution.Run(Of(first, second, shown), choices) is { } history
                && (order is null || history.Events.Select(step => step.Request).SequenceEqual(order)))
            {
                Assert.Empty(Invariants.BrokenBy(history));
                return history;
            }
        }
        while (choices.Next());

        throw new InvalidOperationException("There is no such order.");
    }

    private static History Change(History history, int request, Func<Outcome, Outcome> change) =>
        history with { Outcomes = [.. history.Outcomes.Select((outcome, i) => i == request ? change(outcome) : outcome)] };

    private static void AssertCaught(string rule, History history) =>
        Assert.Contains(Invariants.BrokenBy(history), broken => broken.StartsWith(rule, StringComparison.Ordinal));
}
