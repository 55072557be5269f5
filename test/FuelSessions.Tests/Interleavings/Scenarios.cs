namespace FuelSessions.Tests.Interleavings;

/// <summary>All combinations of what requests do and show, and of where they start; symmetric ones once.</summary>
internal static class Scenarios
{
    private static readonly StartState[] States = Enum.GetValues<StartState>();

    private static readonly Presents[] Everything = Enum.GetValues<Presents>();

    private static readonly Deed[] Deeds = Enum.GetValues<Deed>();

    /// <summary>Each deed once, with an increment where it can have one: what a request does besides reading and writing.</summary>
    private static readonly Deed[] MainDeeds =
    [
        Deed.Read, Deed.Increment, Deed.AutoRotateAndIncrement, Deed.RotateAndIncrement, Deed.RevokeAndIncrement, Deed.SignInAda, Deed.Destroy, Deed.Write,
    ];

    /// <summary>What a touch can meet: a touch is what a request does that does nothing else.</summary>
    private static readonly Deed[] DeedsBesidesTouches =
    [
        Deed.Read, Deed.Increment, Deed.AutoRotate, Deed.Rotate, Deed.RotateSaveAndIncrement, Deed.Revoke, Deed.SignInAda, Deed.Destroy,
    ];

    /// <summary>What sends an id, or is sent none, when the session's end moves.</summary>
    private static readonly Deed[] DeedsThatAnswer = [Deed.Read, Deed.Increment, Deed.AutoRotate, Deed.Rotate, Deed.Prolong];

    /// <summary>What makes a difference in a session that belongs to somebody.</summary>
    private static readonly Deed[] DeedsOfSomebody =
    [
        Deed.Read, Deed.Increment, Deed.Update, Deed.Rotate, Deed.Revoke, Deed.RevokeAndIncrement, Deed.SignInAda, Deed.SignInBob, Deed.SignOut, Deed.Destroy, Deed.SaveRevokeAndIncrement,
    ];

    internal static List<Scenario> TwoRequests(bool oneProcess) =>
    [
        .. WithPlans(States.Select(state => new Start(state)), Plans(Deeds, Everything), 2, oneProcess),
        .. WithPlans(States.Select(state => new Start(state, touchDue: true)), Plans(DeedsBesidesTouches, Everything), 2, oneProcess),
        .. WithPlans(States.Select(state => new Start(state, principal: "ada")), Plans(DeedsOfSomebody, Everything), 2, oneProcess),
        .. WithPlans([new Start(StartState.GraceOver, onStaleId: StaleIdAction.Destroy)], Plans(MainDeeds, Everything), 2, oneProcess),
    ];

    /// <summary>A stale id comes with what it makes a difference to; all else it does in pairs.</summary>
    internal static List<Scenario> ThreeRequests() => WithPlans(
        States.Select(state => new Start(state)),
        [.. Plans(MainDeeds, [Presents.Current, Presents.Previous]), .. Plans([Deed.Read, Deed.Increment, Deed.RevokeAndIncrement, Deed.Destroy], [Presents.Stale])],
        3,
        oneProcess: false);

    /// <summary>Without what does not queue up: stale ids; and without plain writes, which do what increments do.</summary>
    internal static List<Scenario> ThreeRequestsOfOneProcess() =>
        WithPlans(States.Select(state => new Start(state)), Plans(MainDeeds[..^1], [Presents.Current, Presents.Previous]), 3, oneProcess: true);

    /// <summary>Requests of one browser, each sent with the cookie that it holds at that moment.</summary>
    internal static List<Scenario> OneBrowser(int requests) =>
    [
        .. from start in States.Select(state => new Start(state))
           from cookie in start.Good
           from plans in Selections([.. (requests == 2 ? Deeds : MainDeeds[..^1]).Select(deed => new Plan(deed, Presents.Current))], requests)
           select new Scenario(start, plans) { Browser = cookie },
        .. LateAnswers(requests),
    ];

    /// <summary>The same after a pause, so that whoever comes first moves the session's end.</summary>
    internal static List<Scenario> LateAnswers(int requests, bool withoutRotation = false) =>
    [
        .. from start in States.Select(state => new Start(state, touchDue: true))
           from cookie in start.Good
           from plans in Selections([.. DeedsThatAnswer.Select(deed => new Plan(deed, Presents.Current))], requests)
           select new Scenario(start, plans) { Browser = cookie, WithoutRotation = withoutRotation },
    ];

    /// <summary>Requests that only read, whose upkeep fails, among others.</summary>
    internal static List<Scenario> FailingUpkeep(bool isDone) =>
    [
        .. from scenario in (List<Scenario>)
           [
               .. WithPlans(States.SelectMany(state => (Start[])[new Start(state), new Start(state, touchDue: true)]), Plans(MainDeeds, Everything), 2, oneProcess: false),
               .. OneBrowser(2),
               .. LateAnswers(3),
           ]
           where scenario.Plans.Any(plan => plan.OnlyReads)
           select scenario with { UpkeepFails = true, Store = () => new FailingStore(scenario.Plans, isDone) },
    ];

    /// <summary>After a lost answer and a pause: nothing that would make a stranger of a request that is on its way with the id before.</summary>
    internal static List<Scenario> Bursts(int requests, Func<RecordStore> store)
    {
        var start = new Start(StartState.Unconfirmed, touchDue: true);
        return
        [
            .. from plans in Selections([.. new[] { Deed.AutoRotate, Deed.AutoRotateAndIncrement }.Select(deed => new Plan(deed, Presents.Current))], requests)
               select new Scenario(start, plans) { Browser = start.Previous, Store = store },
        ];
    }

    /// <summary>Few, but each of the rules is at stake in some of them.</summary>
    internal static List<Scenario> ForMutants(Func<RecordStore> store) =>
    [
        .. from scenario in WithPlans(
               States.SelectMany(state => (Start[])[new Start(state), new Start(state, touchDue: true)]),
               Plans([Deed.Read, Deed.Increment, Deed.Update, Deed.AutoRotate, Deed.Rotate, Deed.RevokeAndIncrement, Deed.Destroy], [Presents.Current, Presents.Previous]),
               2,
               oneProcess: false)
           select scenario with { Store = store },
    ];

    private static List<Plan> Plans(Deed[] deeds, Presents[] presents) =>
        [.. from deed in deeds from shown in presents select new Plan(deed, shown)];

    private static List<Scenario> WithPlans(IEnumerable<Start> starts, List<Plan> plans, int requests, bool oneProcess) =>
    [
        .. from start in starts
           from selected in Selections([.. plans.Where(plan => start.Has(plan.Presents))], requests)
           select new Scenario(start, selected) { OneProcess = oneProcess },
    ];

    // Requests have no order before the schedule gives them one: which of them is the first says nothing.
    private static IEnumerable<Plan[]> Selections(List<Plan> plans, int count, int from = 0)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        for (int i = from; i < plans.Count; i++)
        {
            foreach (Plan[] rest in Selections(plans, count - 1, i))
            {
                yield return [plans[i], .. rest];
            }
        }
    }
}
