using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>What becomes of sign-ins that can't be stored where they were meant to be, or of which nobody can tell at once whether they stay [W5, A9, A10].</summary>
public class SignInOutcomeTests
{
    private readonly Engine.Clock _clock = new();
    private readonly RecordStore _store = new();
    private readonly Start _start = new(StartState.Fresh);
    private readonly EngineServices _services;
    private readonly Driver _driver;

    public SignInOutcomeTests()
    {
        _services = Engine.Services(_clock, Engine.Queue());
        _driver = new Driver(_store);
        _store.Put(_start.Record);
    }

    /// <summary>The app may go on after the failure. Its answer tells the id only if the look succeeds then.</summary>
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    public async Task A_sign_in_that_could_not_look_for_the_end_of_all_looks_again(bool isNew, bool isEnded, bool staysDown)
    {
        SessionTransaction session = Transaction(Options(), isNew);
        await session.UseAsync();
        session.SignIn(new RecordOwner("ada"), least: null);
        if (isEnded)
        {
            _clock.Now += TimeSpan.FromSeconds(1);
            await PrincipalSessions.EndAllAsync(_services, Storage, "ada", except: null, Options(), by: default);
        }

        _driver.FailsToReadOthersThan = session.Key;
        await Assert.ThrowsAsync<SessionStoreException>(() => session.SaveNowAsync(closing: false).AsTask());
        Assert.Null(session.IdToSend);
        _driver.FailsToReadOthersThan = staysDown ? session.Key : null;
        Exception? error = await Record.ExceptionAsync(() => session.SaveAsync(explicitly: false).AsTask());
        Assert.Equal(staysDown, error is SessionStoreException);
        Assert.Equal(isEnded, session.IdToSend is null);
        Assert.Equal(isEnded && !staysDown, _store.Find(session.Key) is null);
    }

    /// <summary>What it asked for goes with it, and the place that it had taken for the other session is free again.</summary>
    [Fact]
    public async Task The_slower_of_two_sign_ins_has_all_of_it_in_a_session_of_its_own()
    {
        FuelSessionsOptions options = Options(most: 1);
        SessionTransaction fast = Transaction(options), slow = Transaction(options);
        await fast.UseAsync();
        await slow.UseAsync();
        fast.SignIn(new RecordOwner("ada"), least: null);
        slow.SignIn(new RecordOwner("bob"), least: TimeSpan.FromDays(14));
        await fast.SaveAsync(explicitly: false);
        await slow.SaveAsync(explicitly: false);
        Assert.Equal("ada", _store.Find(_start.Key)?.Principal);
        Assert.Equal(("bob", TimeSpan.FromDays(14)), (_store.Find(slow.Key)?.Principal, _store.Find(slow.Key)?.Lifetime));
        Assert.NotNull(slow.IdToSend);
    }

    [Fact]
    public async Task A_sign_in_to_a_session_that_has_ended_takes_nobody_s_place()
    {
        FuelSessionsOptions options = Options(most: 1);
        SessionTransaction late = Transaction(options), next = Transaction(options, isNew: true);
        await late.UseAsync();
        late.SignIn(new RecordOwner("ada"), least: null);
        _store.Delete(0, _start.Key, _start.Record.Version);
        await late.SaveAsync(explicitly: false);
        Assert.Equal(SessionState.Gone, late.State);
        await next.UseAsync();
        next.SignIn(new RecordOwner("ada"), least: null);
        await next.SaveAsync(explicitly: false);
        Assert.Equal("ada", _store.Find(next.Key)?.Principal);
    }

    /// <summary>It goes on as it was: no session takes the place of the good id that its client may have [R6].</summary>
    [Fact]
    public async Task A_refused_sign_in_of_a_detached_request_begins_no_session()
    {
        FuelSessionsOptions options = Options(most: 1);
        SessionTransaction first = Transaction(options, isNew: true);
        await first.UseAsync();
        first.SignIn(new RecordOwner("ada"), least: null);
        await first.SaveAsync(explicitly: false);
        var revoked = new Start(StartState.Revoked);
        _store.Put(revoked.Record);
        SessionTransaction late = new(_services, Storage, options, new Boundary(_clock.Now), revoked.Previous!.Presented, others: null);
        await late.UseAsync();
        Assert.Equal(SessionState.Detached, late.State);
        late.SignIn(new RecordOwner("ada"), least: null);
        late.Apply(new SetVariable(VariablePath.Whole("a"), [.. "1"u8]));
        await Assert.ThrowsAsync<SignInRefusedException>(() => late.SaveNowAsync(closing: false).AsTask());
        await late.SaveAsync(explicitly: false);
        Assert.Equal(SessionState.Detached, late.State);
        Assert.Null(late.IdToSend);
    }

    private SessionStorage Storage => new("found", _driver, finder: _driver);

    private SessionTransaction Transaction(FuelSessionsOptions options, bool isNew = false) =>
        new(_services, Storage, options, new Boundary(_clock.Now), isNew ? null : _start.Current.Presented, others: null);

    private static FuelSessionsOptions Options(int? most = null)
    {
        FuelSessionsOptions options = Engine.OptionsForReading.Clone();
        (options.MaxSessionsPerPrincipal, options.OnTooManySessions) = (most, TooManySessionsAction.RefuseSignIn);
        return options;
    }

    private sealed class Driver(RecordStore store) : RecordStoreDriver(store), IFindByPrincipal
    {
        private readonly HashSet<SessionKey> _index = [];

        internal SessionKey? FailsToReadOthersThan { get; set; }

        public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
            FailsToReadOthersThan is { } only && key != only ? throw new IOException("The store is away.") : base.ReadAsync(key, cancellationToken);

        public ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
        {
            _index.Add(key);
            return default;
        }

        public ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken) =>
            new([.. _index.Select(Store.Find).OfType<SessionRecord>().Where(record => record.Principal == principal)]);
    }

    private sealed class Boundary(DateTimeOffset began) : IRequestBoundary
    {
        public bool HeadersSent => false;

        public ClientIdentity Client => new(null, null);

        public bool IsSpeculative => false;

        public (long Endings, DateTimeOffset Time)? Began(string principal) => (0, began);

        public bool Withholds(SessionTransaction transaction) => false;

        public void OnUnsaved()
        {
        }
    }
}
