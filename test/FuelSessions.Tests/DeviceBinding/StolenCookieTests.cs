using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Tests.Interleavings;
using Xunit.Abstractions;
using Variables = FuelSessions.Tests.Interleavings.Variables;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>
/// A proof, not only examples: a thief with all cookies, after the bound one is over, and the owner, who may refresh meanwhile, in every order of their store steps on
/// the real engine [B3, B4, B5].
/// </summary>
public class StolenCookieTests(ITestOutputHelper output)
{
    private static readonly Deed[] Deeds =
    [
        Deed.Read, Deed.Increment, Deed.AutoRotate, Deed.AutoRotateAndIncrement, Deed.Rotate, Deed.Revoke, Deed.SignInAda, Deed.SignInBob, Deed.SignOut, Deed.Destroy, Deed.Renew,
    ];

    [Theory]
    [InlineData(UnboundRequestAction.Refuse)]
    [InlineData(UnboundRequestAction.ReadOnly)]
    [InlineData(UnboundRequestAction.Report)]
    public void A_thief_gets_no_more_than_it_may_and_the_owner_loses_nothing(UnboundRequestAction action)
    {
        var broken = new SortedDictionary<string, string>();
        int orders = 0;
        foreach (Deed stolen in Deeds)
        {
            foreach (Deed own in Deeds)
            {
                foreach (bool refreshes in (bool[])[false, true])
                {
                    orders += Explore(broken, action, (stolen, true, false), (own, false, refreshes));
                }
            }

            orders += Explore(broken, action, (stolen, true, false), (Deed.Increment, false, false), (null, false, true));
        }

        output.WriteLine(FormattableString.Invariant($"orders covered: stolen cookies, {action}: {orders:N0}"));
        Assert.True(broken.Count == 0, string.Join("\n", broken.Select(one => $"{one.Key} ({one.Value})")));
    }

    [Fact]
    public void A_challenge_is_good_once_and_a_refresh_loses_nothing_that_others_write()
    {
        var broken = new SortedDictionary<string, string>();
        int orders = Explore(broken, UnboundRequestAction.Refuse, (null, false, true), (null, false, true), (null, false, true));
        foreach (Deed own in Deeds)
        {
            orders += Explore(broken, UnboundRequestAction.Refuse, (null, false, true), (null, false, true), (own, false, false));
        }

        output.WriteLine(FormattableString.Invariant($"orders covered: refreshes: {orders:N0}"));
        Assert.True(broken.Count == 0, string.Join("\n", broken.Select(one => $"{one.Key} ({one.Value})")));
    }

    /// <summary>A thief that is taken for the owner is found.</summary>
    [Fact]
    public void The_proof_can_fail()
    {
        var broken = new SortedDictionary<string, string>();
        Explore(broken, UnboundRequestAction.Refuse, (Deed.Increment, true, true), (Deed.Read, false, false));
        Assert.NotEmpty(broken);
    }

    private static int Explore(SortedDictionary<string, string> broken, UnboundRequestAction action, params (Deed? Deed, bool IsThief, bool Refreshes)[] plans)
    {
        var choices = new Choices();
        int orders = 0;
        do
        {
            orders++;
            var start = new BoundStart();
            var store = new RecordStore();
            store.Put(start.Record);
            var gate = new Gate(plans.Length);
            BoundActor[] actors = [.. plans.Select((plan, i) => new BoundActor(i, plan.Deed, plan.IsThief, plan.Refreshes, action, start, store, gate))];
            Run(actors, gate, choices);
            foreach (string rule in Broken(actors, action, start, store))
            {
                broken.TryAdd(rule, $"{string.Join(" | ", plans)}; choices {choices}");
            }
        }
        while (choices.Next());
        return orders;
    }

    private static void Run(BoundActor[] actors, Gate gate, Choices choices)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Array.ForEach(actors, actor => actor.Begin());
            while (true)
            {
                int[] waiting = [.. Enumerable.Range(0, actors.Length).Where(gate.IsWaiting)];
                if (waiting.Length == 0)
                {
                    break;
                }

                gate.Release(waiting[choices.Choose(waiting.Length)]);
            }

            Array.ForEach(actors, actor => actor.Task.GetAwaiter().GetResult());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static IEnumerable<string> Broken(BoundActor[] actors, UnboundRequestAction action, BoundStart start, RecordStore store)
    {
        SessionKey key = start.Record.Key;
        foreach (StoreEvent step in store.Events.Where(step => step.Key == key && step.Accepted && step.Call != StoreCall.Read))
        {
            BoundActor by = actors[step.Request];
            bool ends = by.Deed is Deed.Destroy or Deed.Renew or Deed.SignOut;
            if (by.IsThief && !(action == UnboundRequestAction.Report ? !step.Revoked : action == UnboundRequestAction.ReadOnly && ends && step.Call == StoreCall.Delete))
            {
                yield return $"B4, B5: a thief's {step.Call} was accepted";
            }

            if (step.Call == StoreCall.Write && step.Revoked != step.After!.Binding is null)
            {
                yield return "B6: a binding did not end with a revoking rotation, or without one";
            }
        }

        foreach (BoundActor thief in actors.Where(actor => actor.IsThief && actor.Standing > BindingStanding.Late))
        {
            bool learns = thief.Session!.IdToSend is { } sent && sent.Key == key;
            if (action == UnboundRequestAction.Refuse && (thief.Loaded != SessionState.Detached || thief.SawData || learns || thief.Session.IdToWithdraw))
            {
                yield return "B4: a refused request got something of the session";
            }

            if (action == UnboundRequestAction.ReadOnly && learns)
            {
                yield return "B4: a request that may read was given an id";
            }
        }

        bool isEnded = actors.Any(actor => !actor.IsThief && actor.Deed is Deed.Destroy or Deed.Renew or Deed.SignOut or Deed.Revoke or Deed.SignInBob) || action != UnboundRequestAction.Refuse;
        int refreshes = actors.Count(actor => actor.Refreshed);
        if (refreshes > 1)
        {
            yield return "B3: a challenge was good twice";
        }

        if (isEnded)
        {
            yield break;
        }

        // Nobody ends it: the owner's increments are all there, and the binding is.
        SessionRecord? record = store.Find(key);
        long increments = actors.Count(actor => !actor.IsThief && actor.Deed is Deed.Increment or Deed.AutoRotateAndIncrement or Deed.SignInAda && !actor.IsThief);
        if (record?.Binding is null || Variables.Read(new VariableMap(record.Data), Variables.Sum) != increments)
        {
            yield return "B3: what the owner did is not there";
        }

        if (actors.Any(actor => !actor.IsThief && actor.Deed is not null && actor.Standing != BindingStanding.Proved))
        {
            yield return "B3: the owner was not known";
        }

        bool asked = actors.Any(actor => actor is { IsThief: false, Deed: null } or { IsThief: false, Refreshed: true });
        if (asked && refreshes != 1)
        {
            yield return "B3: no refresh was good";
        }
    }
}
