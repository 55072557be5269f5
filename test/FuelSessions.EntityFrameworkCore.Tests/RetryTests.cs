using System.Data.Common;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W9] A provider that retries repeats a write whose answer was lost; it must not take its own first attempt for a rival's.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly Wire _wire = new();
    private readonly Opening _opening = new();
    private TestApp _app = null!;
    private SessionRecord _record = null!;

    private ISessionDriver Driver => _app.Driver;

    public async Task InitializeAsync()
    {
        _app = await App(retrying: true, _wire, _opening).CreatedAsync();
        _app.Services.GetRequiredService<LeasedDatabase>().Trust();
        _record = Support.Records.New(_clock.GetUtcNow());
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_record_whose_answer_was_lost_is_written(bool stored)
    {
        _wire.Break(afterwards: stored);
        Assert.True((await Driver.WriteAsync(_record, default)).IsWritten);
        Assert.Equal(1, (await Driver.ReadAsync(_record.Key, default))!.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_whose_answer_was_lost_is_written(bool stored)
    {
        await Driver.WriteAsync(_record, default);
        _wire.Break(afterwards: stored);
        Assert.True((await Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.Equal(2, (await Driver.ReadAsync(_record.Key, default))!.Version);
    }

    [Fact]
    public async Task A_rival_that_came_in_between_is_the_winner()
    {
        await Driver.WriteAsync(_record, default);
        await using TestApp rival = TestApp.OnSqlite(_folder.ConnectionString(), _clock);
        _wire.Break(
            afterwards: false,
            meanwhile: async () => Assert.True((await rival.Driver.WriteAsync(_record.Next([9]), default)).IsWritten));
        Assert.Equal(9, (await Driver.WriteAsync(_record.Next([1]), default)).Winner!.Data.Span[0]);
    }

    /// <summary>Two processes did the same to one session: the same counter, at the same moment.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rival_that_wrote_the_same_is_the_winner(bool retrying)
    {
        await Driver.WriteAsync(_record, default);
        await using TestApp rival = App(retrying);
        _wire.Break(
            afterwards: false,
            meanwhile: async () => Assert.True((await rival.Driver.WriteAsync(_record.Next([1]), default)).IsWritten));
        Assert.Equal(1, (await Driver.WriteAsync(_record.Next([1]), default)).Winner!.Data.Span[0]);
    }

    /// <summary>It was stored, but nothing shows that any more: what adds something must not be done again.</summary>
    [Fact]
    public async Task A_rival_that_came_after_a_lost_answer_leaves_the_outcome_unknown()
    {
        await Driver.WriteAsync(_record, default);
        await using TestApp rival = App(retrying: false);
        _wire.Break(
            afterwards: true,
            meanwhile: async () => Assert.True((await rival.Driver.WriteAsync(_record.Next([1]).Next([9]), default)).IsWritten));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await Driver.WriteAsync(_record.Next([1]), default));
        Assert.True(error.IsOutcomeUnknown);
    }

    /// <summary>Somebody was faster, and the connection broke as it was asked who: nothing was stored, and that is known.</summary>
    [Fact]
    public async Task A_write_that_has_lost_is_not_in_doubt_because_the_winner_could_not_be_read()
    {
        await Driver.WriteAsync(_record, default);
        await using TestApp rival = App(retrying: false);
        Assert.True((await rival.Driver.WriteAsync(_record.Next([8]), default)).IsWritten);
        _wire.BreakRead(meanwhile: async () => Assert.True((await rival.Driver.WriteAsync(_record.Next([8]).Next([9]), default)).IsWritten));
        Assert.Equal(9, (await Driver.WriteAsync(_record.Next([1]), default)).Winner!.Data.Span[0]);
    }

    /// <summary>It is stored, and what is said of the question whether it is, is not said of it: neither a refusal, nor what would have it tried again as if it were not.</summary>
    [Theory]
    [InlineData("53300")]
    [InlineData("40001")]
    public async Task A_new_record_stays_in_doubt_whatever_the_question_for_it_ends_with(string state)
    {
        _wire.Break(afterwards: true);
        _wire.BreakRead(() => Task.CompletedTask, ProviderError.PostgreSql(state));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await Driver.WriteAsync(_record, default));
        Assert.True(error.IsOutcomeUnknown);
        Assert.Equal(1, (await Driver.ReadAsync(_record.Key, default))!.Version);
    }

    /// <summary>The last attempt met a server that takes no writes; the first one may have been carried out.</summary>
    [Fact]
    public async Task A_certain_refusal_after_a_lost_answer_leaves_the_outcome_unknown()
    {
        await Driver.WriteAsync(_record, default);
        _wire.Break(afterwards: true);
        _wire.ThenRefuse(ProviderError.PostgreSql("25006"));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await Driver.WriteAsync(_record.Next([1]), default));
        Assert.True(error.IsOutcomeUnknown);
        Assert.Equal(2, (await Driver.ReadAsync(_record.Key, default))!.Version);
    }

    [Fact]
    public async Task A_new_record_is_looked_for_though_the_last_attempt_was_refused()
    {
        _wire.Break(afterwards: true);
        _wire.ThenRefuse(ProviderError.PostgreSql("25006"));
        Assert.True((await Driver.WriteAsync(_record, default)).IsWritten);
    }

    [Fact]
    public async Task A_connection_that_could_not_be_opened_leaves_no_doubt()
    {
        await Driver.WriteAsync(_record, default);
        await using TestApp rival = App(retrying: false);
        _opening.Refuse(async () =>
        {
            Assert.True((await rival.Driver.WriteAsync(_record.Next([8]), default)).IsWritten);
            Assert.True((await rival.Driver.WriteAsync(_record.Next([8]).Next([9]), default)).IsWritten);
        });
        Assert.Equal(9, (await Driver.WriteAsync(_record.Next([1]), default)).Winner!.Data.Span[0]);
    }

    /// <summary>What one app has stored the other one reads, whichever of them retries.</summary>
    [Fact]
    public async Task Apps_that_retry_and_apps_that_do_not_share_their_sessions()
    {
        await using TestApp plain = App(retrying: false);
        foreach ((ISessionDriver from, ISessionDriver to) in (ValueTuple<ISessionDriver, ISessionDriver>[])[(Driver, plain.Driver), (plain.Driver, Driver)])
        {
            SessionRecord first = Support.Records.New(_clock.GetUtcNow());
            Assert.True((await from.WriteAsync(first, default)).IsWritten);
            Assert.Equal(first.Data.ToArray(), (await to.ReadAsync(first.Key, default))!.Data.ToArray());
            Assert.True((await to.WriteAsync(first.Next([1]), default)).IsWritten);
            Assert.Equal([1], from.Read(first.Key, default)!.Data.ToArray());
            Assert.Equal([1], (await from.WriteAsync(first.Next([2]), default)).Winner!.Data.ToArray());
        }
    }

    [Fact]
    public async Task The_same_record_from_two_writers_is_one_winner_and_one_loser()
    {
        Assert.True((await Driver.WriteAsync(_record, default)).IsWritten);
        Assert.NotNull((await Driver.WriteAsync(_record, default)).Winner);
        Assert.True((await Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.NotNull((await Driver.WriteAsync(_record.Next([1]), default)).Winner);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_touch_a_delete_and_a_collection_are_repeated(bool stored)
    {
        await Driver.WriteAsync(_record, default);
        _wire.Break(afterwards: stored);
        Assert.True((await Driver.TouchAsync(_record.Key, _record.Version, _record.Expires.AddMinutes(1), default)).IsWritten);
        Assert.Equal(_record.Expires.AddMinutes(1), (await Driver.ReadAsync(_record.Key, default))!.Expires);

        _wire.Break(afterwards: stored);
        await Driver.DeleteAsync(_record.Key, _record.Version, default);
        Assert.Null(await Driver.ReadAsync(_record.Key, default));

        await Driver.WriteAsync(_record, default);
        _clock.Advance(TimeSpan.FromDays(1));
        _wire.Break(afterwards: stored);
        await ((ICollectExpired)Driver).CollectExpiredAsync(10, default);
        Assert.Equal(0, await ((ICollectExpired)Driver).CollectExpiredAsync(10, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_is_stored_once(bool stored)
    {
        var keys = ((IKeepDataProtectionKeys)Driver).DataProtectionKeys;
        _wire.Break(afterwards: stored);
        keys.StoreElement(new("key"), "key");
        Assert.Single(keys.GetAllElements());
    }

    private TestApp App(bool retrying, params IInterceptor[] interceptors) => new(
        builder => builder.AddDbDriver(options => options
            .UseSqlite(_folder.ConnectionString(), sqlite =>
            {
                if (retrying)
                {
                    sqlite.ExecutionStrategy(dependencies => new Retrying(dependencies));
                }
            })
            .AddInterceptors(interceptors)),
        _clock);

    private sealed class LostConnection : DbException
    {
        internal LostConnection()
            : base("The connection was lost.")
        {
        }

        /// <summary>Lost after something else has happened; or not at all, if that is null.</summary>
        internal static async ValueTask<T> AfterAsync<T>(Func<Task>? meanwhile, T otherwise, Exception? error = null)
        {
            if (meanwhile is null)
            {
                return otherwise;
            }

            await meanwhile();
            throw error ?? new LostConnection();
        }
    }

    private sealed class Retrying(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.Zero)
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is LostConnection;

        protected override TimeSpan? GetNextDelay(Exception lastException) => ExceptionsEncountered.Count < MaxRetryCount ? TimeSpan.Zero : null;
    }

    /// <summary>Does not open one connection.</summary>
    private sealed class Opening : DbConnectionInterceptor
    {
        private Func<Task>? _meanwhile;

        internal void Refuse(Func<Task> meanwhile) => _meanwhile = meanwhile;

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            LostConnection.AfterAsync(Interlocked.Exchange(ref _meanwhile, null), result);
    }

    /// <summary>Loses one changing command, or the answer to it; or one that reads.</summary>
    private sealed class Wire : DbCommandInterceptor
    {
        private Func<Task>? _before;
        private Func<Task>? _after;
        private Func<Task>? _beforeRead;
        private Exception? _ofRead;
        private Exception? _then;

        internal void Break(bool afterwards, Func<Task>? meanwhile = null)
        {
            meanwhile ??= () => Task.CompletedTask;
            (_before, _after) = afterwards ? ((Func<Task>?)null, meanwhile) : (meanwhile, null);
        }

        /// <param name="error">What it ends with; null: its connection is lost.</param>
        internal void BreakRead(Func<Task> meanwhile, Exception? error = null) => (_beforeRead, _ofRead) = (meanwhile, error);

        /// <summary>What the next changing command after that is answered by.</summary>
        internal void ThenRefuse(Exception error) => _then = error;

        public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
            Interlocked.Exchange(ref _before, null) is null ? result : throw new LostConnection();

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            _after is null && Interlocked.Exchange(ref _then, null) is { } refusal
                ? throw refusal
                : LostConnection.AfterAsync(Interlocked.Exchange(ref _before, null), result);

        public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result) =>
            Interlocked.Exchange(ref _after, null) is null ? result : throw new LostConnection();

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
            LostConnection.AfterAsync(Interlocked.Exchange(ref _after, null), result);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
            LostConnection.AfterAsync(Interlocked.Exchange(ref _beforeRead, null), result, _ofRead);
    }
}
