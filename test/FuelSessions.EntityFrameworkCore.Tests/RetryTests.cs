using System.Data.Common;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>A provider that retries repeats a write whose answer was lost; it must not take its own first attempt for a rival's.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly Wire _wire = new();
    private TestApp _app = null!;
    private SessionRecord _record = null!;

    private ISessionDriver Driver => _app.Driver;

    public async Task InitializeAsync()
    {
        _app = await new TestApp(
            builder => builder.AddDbDriver(options => options
                .UseSqlite(_folder.ConnectionString(), sqlite => sqlite.ExecutionStrategy(dependencies => new Retrying(dependencies)))
                .AddInterceptors(_wire)),
            _clock).CreatedAsync();
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

    private sealed class LostConnection : DbException
    {
        internal LostConnection()
            : base("The connection was lost.")
        {
        }
    }

    private sealed class Retrying(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.Zero)
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is LostConnection;

        protected override TimeSpan? GetNextDelay(Exception lastException) => ExceptionsEncountered.Count < MaxRetryCount ? TimeSpan.Zero : null;
    }

    /// <summary>Loses one changing command, or the answer to it.</summary>
    private sealed class Wire : DbCommandInterceptor
    {
        private Func<Task>? _before;
        private bool _after;

        internal void Break(bool afterwards, Func<Task>? meanwhile = null)
        {
            _after = afterwards;
            _before = afterwards ? null : meanwhile ?? (() => Task.CompletedTask);
        }

        public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
            Interlocked.Exchange(ref _before, null) is null ? result : throw new LostConnection();

        public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _before, null) is not { } meanwhile)
            {
                return result;
            }

            await meanwhile();
            throw new LostConnection();
        }

        public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
        {
            bool broken = _after;
            _after = false;
            return broken ? throw new LostConnection() : result;
        }

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(NonQueryExecuted(command, eventData, result));
    }
}
