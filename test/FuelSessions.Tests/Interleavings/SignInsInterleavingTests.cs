using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>
/// Sign-ins beside the end of all sessions of their user, and beside each other, in every order of their store steps [A7–A10]: where index and record
/// are written one after the other, as in a redis cluster.
/// </summary>
public class SignInsInterleavingTests
{
    private const string Ada = "ada";

    public enum From
    {
        Nothing,
        Anonymous,
        Ada,
    }

    [Theory]
    [CombinatorialFrom]
    public void A_sign_in_that_began_before_the_end_of_all_does_not_outlive_it(From from, bool oneProcess)
    {
        (int runs, int broken) = Explore(new Play(from, oneProcess));
        Assert.InRange(runs, 20, 1_000_000);
        Assert.Equal(0, broken);
    }

    [Fact]
    public void Of_sign_ins_at_once_as_many_are_left_as_may_be()
    {
        (int runs, int broken) = Explore(new Play(From.Nothing, OneProcess: true) { SignIns = 2, Most = 1, EndsAll = false });
        Assert.InRange(runs, 100, 1_000_000);
        Assert.Equal(0, broken);
    }

    [Theory]
    [CombinatorialFrom]
    public void Of_sign_ins_at_once_one_too_many_is_refused(From from, bool oneProcess)
    {
        (int runs, int broken) = Explore(Refusing(from, oneProcess));

        // In one process they take their places one after the other.
        Assert.InRange(runs, oneProcess ? 5 : 20, 1_000_000);
        Assert.Equal(0, broken);
    }

    [Fact]
    public void Without_compare_and_swap_two_take_the_last_place() => Assert.NotEqual(0, Explore(Refusing(From.Nothing, oneProcess: false) with { Compares = false }).Broken);

    [Fact]
    public void Without_the_index_two_are_signed_in() => Assert.NotEqual(0, Explore(Refusing(From.Nothing, oneProcess: false) with { Announces = false }).Broken);

    [Fact]
    public void Without_the_mark_one_outlives_it() => Assert.NotEqual(0, Explore(new Play(From.Nothing, OneProcess: true) { LooksForMark = false }).Broken);

    [Fact]
    public void Without_the_index_one_outlives_it() => Assert.NotEqual(0, Explore(new Play(From.Nothing, OneProcess: true) { Announces = false }).Broken);

    // The mark is another rule's, and its steps would make many more orders of it.
    private static Play Refusing(From from, bool oneProcess) => new(from, oneProcess) { SignIns = 2, Most = 1, EndsAll = false, LooksForMark = false, Refuses = true };

    // Without a context that would move what goes on after a step to another thread.
    private static (int Runs, int Broken) Explore(Play play)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return ExploreHere(play);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static (int Runs, int Broken) ExploreHere(Play play)
    {
        var choices = new Choices();
        (int runs, int broken) = (0, 0);
        do
        {
            runs++;
            broken += Holds(play, choices) ? 0 : 1;
        }
        while (choices.Next());

        return (runs, broken);
    }

    private static bool Holds(Play play, Choices choices)
    {
        var clock = new Engine.Clock();
        EngineServices here = Engine.Services(clock, Engine.Queue());
        EngineServices there = play.OneProcess ? here : Engine.Services(clock, Engine.Queue());
        var start = new Start(StartState.Fresh, principal: play.From == From.Ada ? Ada : null);
        var store = play.Compares ? new RecordStore() : new CarelessStore();
        HashSet<SessionKey> index = [];
        if (play.From != From.Nothing)
        {
            store.Put(start.Record);
        }

        if (play.From == From.Ada)
        {
            index.Add(start.Key);
        }

        int all = play.SignIns + (play.EndsAll ? 1 : 0);
        var gate = new Gate(all);
        var sessions = new SessionTransaction[play.SignIns];
        var tasks = new Task[all];
        for (int i = 0; i < play.SignIns; i++)
        {
            FuelSessionsOptions options = Engine.OptionsForReading.Clone();
            options.MaxSessionsPerPrincipal = play.Most;
            options.OnTooManySessions = play.Refuses ? TooManySessionsAction.RefuseSignIn : TooManySessionsAction.EndOldest;
            PresentedId? shown = play.From == From.Nothing ? null : start.Current.Presented;
            var boundary = new Boundary(play.LooksForMark ? (here.Endings.Count, clock.Now) : null);
            sessions[i] = new SessionTransaction(i == 0 ? here : there, StorageOf(i), options, boundary, shown, others: null);
            tasks[i] = SignInAsync(sessions[i]);
        }

        clock.Now += TimeSpan.FromSeconds(1);
        if (play.EndsAll)
        {
            tasks[^1] = PrincipalSessions.EndAllAsync(there, StorageOf(all - 1), Ada, except: null, Engine.OptionsForReading, by: default).AsTask();
        }

        var isAnsweredAfter = new bool[play.SignIns];
        while (Enumerable.Range(0, all).Where(gate.IsWaiting).ToArray() is { Length: > 0 } waiting)
        {
            gate.Release(waiting[choices.Choose(waiting.Length)]);
            for (int i = 0; play.EndsAll && tasks[^1].IsCompleted && i < play.SignIns; i++)
            {
                isAnsweredAfter[i] |= !tasks[i].IsCompleted;
            }
        }

        int refused = tasks.Count(task => task.Exception?.InnerException is SignInRefusedException);
        Task.WhenAll(tasks.Where(task => !task.IsFaulted || task.Exception.InnerException is not SignInRefusedException)).GetAwaiter().GetResult();
        SessionKey[] served = [.. sessions.Select(session => session.Key).Where(key => store.Find(key)?.Principal == Ada)];
        int left = served.Distinct().Count();

        // An answer that went out before all were ended carries an id that was good then.
        bool tellsTruth = sessions.Index().All(session => !isAnsweredAfter[session.Index] || session.Item.IdToSend is null || store.Find(session.Item.Key) is not null);
        return left == (play.EndsAll ? 0 : play.Most) && tellsTruth && (!play.Refuses || served.Length + refused == play.SignIns);

        SessionStorage StorageOf(int number)
        {
            var driver = new FindingDriver(number, store, index, gate, play);
            return new SessionStorage("gated", driver, finder: driver);
        }
    }

    private static async Task SignInAsync(SessionTransaction session)
    {
        await session.UseAsync();
        session.SignIn(new RecordOwner(Ada), least: null);
        await session.SaveAsync(explicitly: false);
    }

    private sealed record Play(From From, bool OneProcess)
    {
        internal int SignIns { get; init; } = 1;

        internal int? Most { get; init; }

        internal bool EndsAll { get; init; } = true;

        internal bool LooksForMark { get; init; } = true;

        internal bool Announces { get; init; } = true;

        internal bool Refuses { get; init; }

        internal bool Compares { get; init; } = true;
    }

    // In steps of their own: the index, each record that it leads to, and what it says too much is left.
    private sealed class FindingDriver(int request, RecordStore store, HashSet<SessionKey> index, Gate gate, Play play) : ISessionDriver, IFindByPrincipal
    {
        private readonly GatedDriver _driver = new(request, store, gate);

        public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => _driver.ReadAsync(key, cancellationToken);

        public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => _driver.WriteAsync(record, cancellationToken);

        public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
            _driver.TouchAsync(key, version, expires, cancellationToken);

        public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => _driver.DeleteAsync(key, version, cancellationToken);

        public async ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
        {
            if (play.Announces)
            {
                await gate.PassAsync(request, StoreCall.Write, () => index.Add(key));
            }
        }

        public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
        {
            List<SessionRecord> found = [];
            foreach (SessionKey key in await gate.PassAsync(request, StoreCall.Read, () => index.ToArray()))
            {
                if (await ReadAsync(key, cancellationToken) is { } record && record.Principal == principal)
                {
                    found.Add(record);
                }
            }

            return found;
        }
    }

    // The last writer wins.
    private sealed class CarelessStore : RecordStore
    {
        internal override WriteResult Write(int request, SessionRecord record)
        {
            Put(record);
            return WriteResult.Written;
        }
    }

    private sealed class Boundary((long Endings, DateTimeOffset Time)? began) : IRequestBoundary
    {
        public bool HeadersSent => false;

        public ClientIdentity Client => new(null, null);

        public (long Endings, DateTimeOffset Time)? Began(string principal) => began;

        public bool IsSpeculative => false;

        public bool Withholds(SessionTransaction transaction) => false;

        public void OnUnsaved()
        {
        }
    }

    private sealed class CombinatorialFromAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from start in Enum.GetValues<From>() from oneProcess in new[] { true, false } select new object[] { start, oneProcess };
    }
}
