using System.Collections.Concurrent;
using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Where nobody looks at commands on SQLite they go past EF; whoever looks sees them all.</summary>
public sealed class PlainCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();

    [Fact]
    public async Task A_log_that_is_switched_on_later_tells_of_commands()
    {
        var log = new Log { Level = LogLevel.Warning };
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, log.Add).CreatedAsync();
        log.Texts.Clear();
        SessionRecord record = await StoredAsync(app);
        Assert.Empty(log.Texts);
        log.Level = LogLevel.Information;
        Assert.True((await app.Driver.WriteAsync(record.Next(), default)).IsWritten);
        Assert.NotNull(await app.Driver.ReadAsync(record.Key, default));
        Assert.Contains(log.Texts, text => text.Contains("UPDATE", StringComparison.Ordinal));
        Assert.Contains(log.Texts, text => text.Contains("SELECT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_is_logged_though_commands_are_not()
    {
        var log = new Log { Level = LogLevel.Error };
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, log.Add).CreatedAsync();
        SessionRecord record = await StoredAsync(app);
        await Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString()), "CREATE TRIGGER bad BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'not now'); END");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await app.Driver.WriteAsync(record.Next(), default));
        Assert.Contains(log.Texts, text => text.Contains("Failed executing DbCommand", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_log_of_the_contexts_own_tells_of_commands()
    {
        ConcurrentQueue<string> texts = [];
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.LogTo(texts.Enqueue)).CreatedAsync();
        texts.Clear();
        await StoredAsync(app);
        Assert.Contains(texts, text => text.Contains("INSERT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listener_hears_of_commands_from_when_on_it_listens()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        SessionRecord record = await StoredAsync(app);
        var listener = new Listener(_folder.File());
        using (DiagnosticListener.AllListeners.Subscribe(listener))
        {
            Assert.NotNull(await app.Driver.ReadAsync(record.Key, default));
        }

        listener.Dispose();
        Assert.Contains(listener.Heard, text => text.Contains("SELECT", StringComparison.Ordinal));
    }

    /// <summary>EF finds it among its own services, and not in the options.</summary>
    [Fact]
    public async Task An_interceptor_that_an_extension_of_EFs_brings_sees_commands()
    {
        var commands = new CommandLog();
        await using TestApp app = await TestApp.OnSqlite(
            _folder.ConnectionString(),
            _clock,
            more: options => ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new Extension(commands))).CreatedAsync();
        commands.Take();
        await StoredAsync(app);
        Assert.Contains(commands.Take(), text => text.Contains("INSERT", StringComparison.Ordinal));
    }

    /// <summary>One statement that was prepared serves many, the failed ones among them.</summary>
    [Fact]
    public async Task Writes_that_share_a_transaction_are_each_compared()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        ISessionDriver driver = app.Driver;
        SessionRecord record = await StoredAsync(app);
        SessionRecord ended = await StoredAsync(app);
        SessionRecord added = Support.Records.New(_clock.GetUtcNow(), [1]);
        SessionRecord another = Support.Records.New(_clock.GetUtcNow(), [2]);
        Func<Task>? unlock = await _folder.LockAsync();
        Task<WriteResult>[] writes =
        [
            .. new ValueTask<WriteResult>[]
            {
                driver.WriteAsync(Support.Records.New(_clock.GetUtcNow()), default),
                driver.WriteAsync(record.Next([3]), default),
                driver.WriteAsync(record.Next([4]), default),
                driver.WriteAsync(added, default),
                driver.WriteAsync(added, default),
                driver.WriteAsync(another, default),
                driver.DeleteAsync(ended.Key, 1, default),
                driver.DeleteAsync(ended.Key, 1, default),
                driver.TouchAsync(record.Key, 2, record.Expires.AddMinutes(5), default),
            }.Select(write => write.AsTask()),
        ];
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        await unlock!();
        WriteResult[] results = await Task.WhenAll(writes);
        Assert.Equal([true, true, false, true, false, true, true, false, true], results.Select(result => result.IsWritten));
        Assert.Equal([3], results[2].Winner!.Data.ToArray());
        Assert.Equal([1], results[4].Winner!.Data.ToArray());
        Assert.True(results[7].IsGone);
        Assert.Equal([2], (await driver.ReadAsync(another.Key, default))!.Data.ToArray());
        Assert.Equal(record.Expires.AddMinutes(5), (await driver.ReadAsync(record.Key, default))!.Expires);
    }

    /// <summary>What comes after it would be stored by itself, and be taken for a rival's when all of them are tried again.</summary>
    [Fact]
    public async Task A_transaction_that_the_database_has_ended_is_not_gone_on_with()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        SessionRecord[] records = [await StoredAsync(app), await StoredAsync(app), await StoredAsync(app)];
        await Sql.OnceAsync(
            new SqliteConnection(_folder.ConnectionString()),
            "CREATE TRIGGER one BEFORE UPDATE ON sessions WHEN (SELECT count(*) FROM sessions WHERE version = 2) > 0 BEGIN SELECT RAISE(ROLLBACK, 'only one'); END");
        Func<Task>? unlock = await _folder.LockAsync();
        Task<WriteResult> before = app.Driver.WriteAsync(Support.Records.New(_clock.GetUtcNow()), default).AsTask();
        Task<WriteResult>[] writes = [.. records.Select(record => app.Driver.WriteAsync(record.Next(), default).AsTask())];
        await unlock!();
        Assert.True((await before).IsWritten);
        Assert.True((await writes[0]).IsWritten);
        foreach (Task<WriteResult> refused in writes[1..])
        {
            Assert.False((await Assert.ThrowsAsync<SessionStoreException>(() => refused)).IsOutcomeUnknown);
        }
    }

    /// <summary>Sent again, a write that was stored would change nothing, and lose against itself.</summary>
    [Fact]
    public async Task A_disk_that_fails_leaves_the_outcome_unknown()
    {
        await using var disk = new FailingDisk(_folder.ConnectionString());
        await using var app = new TestApp(builder => builder.AddDbDriver(options => options.UseSqlite(disk)), _clock);
        await app.CreatedAsync();
        SessionRecord record = await StoredAsync(app);
        disk.Fail();
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await app.Driver.WriteAsync(record.Next(), default));
        Assert.True(error.IsOutcomeUnknown);
        Assert.Equal(2, (await app.Driver.ReadAsync(record.Key, default))!.Version);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<SessionRecord> StoredAsync(TestApp app)
    {
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        return record;
    }

    /// <summary>Stores what one command changes, and fails all the same.</summary>
    private sealed class FailingDisk(string connectionString) : SqliteConnection(connectionString)
    {
        private bool _fails;

        internal void Fail() => _fails = true;

        public override SqliteCommand CreateCommand() => new Command(this);

        private sealed class Command : SqliteCommand
        {
            private readonly FailingDisk _disk;

            internal Command(FailingDisk disk) => (_disk, Connection, Transaction) = (disk, disk, disk.Transaction);

            public override int ExecuteNonQuery()
            {
                int changed = base.ExecuteNonQuery();
                if (!_disk._fails)
                {
                    return changed;
                }

                _disk._fails = false;
                throw new SqliteException("SQLite Error 10: 'disk I/O error'.", 10);
            }
        }
    }

    private sealed class Extension(IInterceptor interceptor) : IDbContextOptionsExtension
    {
        public DbContextOptionsExtensionInfo Info => new Unlike(this);

        public void ApplyServices(IServiceCollection services) => services.AddSingleton(interceptor);

        public void Validate(IDbContextOptions options)
        {
        }

        private sealed class Unlike(Extension extension) : DbContextOptionsExtensionInfo(extension)
        {
            public override bool IsDatabaseProvider => false;

            public override string LogFragment => "";

            public override int GetServiceProviderHashCode() => Extension.GetHashCode();

            public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => Extension == other.Extension;

            public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
            {
            }
        }
    }

    /// <summary>EF's log of an app whose level can change.</summary>
    private sealed class Log : ILoggerProvider, ILogger
    {
        internal ConcurrentQueue<string> Texts { get; } = [];

        internal LogLevel Level { get; set; }

        internal void Add(IServiceCollection services) => services.AddLogging(logging => logging.ClearProviders().AddProvider(this).SetMinimumLevel(LogLevel.Trace));

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft.EntityFrameworkCore.Database", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    /// <summary>Of EF's events about one file: other tests have theirs.</summary>
    private sealed class Listener(string file) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentQueue<IDisposable> _subscriptions = [];

        internal ConcurrentQueue<string> Heard { get; } = [];

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
            {
                _subscriptions.Enqueue(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandExecutedEventData executed && executed.Command.Connection?.DataSource == file)
            {
                Heard.Enqueue(executed.Command.CommandText);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            foreach (IDisposable subscription in _subscriptions)
            {
                subscription.Dispose();
            }
        }
    }
}
