using CsCheck;
using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Tests.Interleavings;
using Variables = FuelSessions.Tests.Interleavings.Variables;

namespace FuelSessions.Tests.Properties;

/// <summary>
/// The proof once more, on the pure functions alone: requests that read, plan and swap in every order, without an engine, a driver or anything that
/// waits. What holds here and not in <see cref="InterleavingTests"/> is the shell's mistake; what holds in neither is a rule's.
/// </summary>
public class PlanInterleavingTests
{
    private static readonly StartState[] States = Enum.GetValues<StartState>();

    private static readonly Want[] Wants = Enum.GetValues<Want>();

    private static readonly TimeSpan?[] RotationTimes = [null, TimeSpan.FromMilliseconds(1)];

    [Fact]
    public void Two_requests_keep_every_rule_in_every_order() => Assert.Empty(
        from state in States
        from rotation in RotationTimes
        from first in Wants
        from second in Wants
        from shown in Selections(state, 2)
        from broken in BrokenInAnyOrder(state, rotation, [first, second], shown, ignoresVersions: false)
        select broken);

    /// <summary>Random ones of more requests, each in a random order; a failure shrinks to few that want little.</summary>
    [Fact]
    public void Any_requests_keep_every_rule_in_any_order() => Gen.Select(
        Gen.Int[0, States.Length - 1],
        Gen.Bool,
        Gen.Select(Gen.Int[0, Wants.Length - 1], Gen.Bool, static (want, isOlder) => (Want: Wants[want], IsOlder: isOlder)).Array[3, 5],
        Gen.Int[0, 4].Array[30],
        static (state, isDue, asked, order) => (state, isDue, asked, order)).Sample(of =>
        {
            var start = new Start(States[of.state]);
            int next = 0;
            Want[] wants = [.. of.asked.Select(one => one.Want)];
            KnownId[] shown = [.. of.asked.Select(one => one.IsOlder ? start.Good[0] : start.Current)];
            return Run(start, of.isDue ? RotationTimes[1] : null, wants, shown, ignoresVersions: false, count => of.order[next++ % of.order.Length] % count).Count == 0;
        }, iter: 2_000, threads: 1);

    [Fact]
    public void Catches_a_store_that_ignores_versions()
    {
        string[] broken = [.. BrokenInAnyOrder(StartState.InGrace, null, [Want.Increment, Want.Revoke], [0, 0], ignoresVersions: true)];
        Assert.Contains("W3: the sum is not that of what was kept", broken);
        Assert.Contains("R10: who was shut out changed the session", broken);
    }

    private static IEnumerable<string> BrokenInAnyOrder(StartState state, TimeSpan? rotation, Want[] wants, int[] shown, bool ignoresVersions)
    {
        var start = new Start(state);
        var choices = new Choices();
        do
        {
            foreach (string broken in Run(start, rotation, wants, [.. shown.Select(place => start.Good[place])], ignoresVersions, choices.Choose))
            {
                yield return broken;
            }
        }
        while (choices.Next());
    }

    // Which good id each presents.
    private static IEnumerable<int[]> Selections(StartState state, int count)
    {
        int good = new Start(state).Good.Length;
        return from first in Enumerable.Range(0, good) from second in Enumerable.Range(0, good) select new[] { first, second }[..count];
    }

    private static List<string> Run(Start start, TimeSpan? rotation, Want[] wants, KnownId[] shown, bool ignoresVersions, Func<int, int> choose)
    {
        var options = new FuelSessionsOptions { MatchUserAgent = UserAgentMatching.Off, RotationTime = rotation };
        var shelf = new Shelf(start.Record, ignoresVersions);
        PlannedRequest[] requests = [.. wants.Select((want, number) => new PlannedRequest(number % 3, want, shown[number], options, Start.Now))];
        var broken = new List<string>();
        while (requests.Where(request => !request.IsDone).ToArray() is { Length: > 0 } waiting)
        {
            PlannedRequest request = waiting[choose(waiting.Length)];
            request.Step(shelf);
            if (request is { IsDone: true, Announced: { } sent } && shelf.Stored?.CurrentHash.Equals(sent.Secret.Hash()) is not true)
            {
                broken.Add("R5: an id was announced that is not the current one");
            }
        }

        broken.AddRange(BrokenSteps(shelf));
        if (shelf.Stored is { } record)
        {
            long kept = requests.Where(request => request.IsKept && request.Want is not (Want.Nothing or Want.Destroy)).Sum(request => Variables.Amount(request.Number, 0));
            Require(Variables.Read(new VariableMap(record.Data), Variables.Sum) == kept, "W3: the sum is not that of what was kept");
            IEnumerable<SessionSecret> ids = requests.Select(request => request.Announced?.Secret).OfType<SessionSecret>()
                .Concat(new KnownId?[] { start.Current, start.Previous, start.Stale }.OfType<KnownId>().Select(id => id.Id.Secret))
                .DistinctBy(secret => secret.Hash());
            Require(ids.Count(id => Admission.Judge(new PresentedId(record.Key, id, null, true), record, default, options, Start.Now) == Worth.Good) <= 2, "R9: more than two ids open the session");
        }

        return broken;

        void Require(bool holds, string rule)
        {
            if (!holds)
            {
                broken.Add(rule);
            }
        }
    }

    private static IEnumerable<string> BrokenSteps(Shelf shelf)
    {
        foreach ((PlannedRequest by, SessionRecord before, SessionRecord? after) in shelf.Steps)
        {
            bool isOvertaken = by.Read is { } read && before.Epoch != read.Record.Epoch && (by.Principal is null || by.Principal != before.Principal);
            if (isOvertaken)
            {
                yield return "R10: who was shut out changed the session";
            }

            if (after is not null && after.Version != before.Version && after.Version != before.Version + 1)
            {
                yield return "W2: a write did not raise the version by one";
            }

            if (after is not null && after.Epoch != before.Epoch && (after.Epoch != before.Epoch + 1 || by.Want is not (Want.Revoke or Want.SignInAda or Want.SignInBob)))
            {
                yield return "R10: the epoch changed without a revoking rotation";
            }
        }
    }
}
