using System.Data;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// A context for one operation, and what statements must know of it, looked up once. Never the request's own: what the app does in its unit of work, a rollback included, must
/// not reach the session.
/// </summary>
internal sealed class ContextLease : IDisposable, IAsyncDisposable
{
    private readonly DbContext _context;
    private readonly bool _owned;
    private readonly AsyncServiceScope? _scope;
    private readonly Func<ContextLease, bool>? _tryKeep;
    private readonly StandingPlace? _standing;
    private DbConnection? _connection;
    private int? _commandTimeout;
    private string? _connectionString;
    private long _keptAt;
    private bool _isUsed;

    private ContextLease(DbContext context, bool owned, AsyncServiceScope? scope = null, Func<ContextLease, bool>? tryKeep = null, bool mayStand = false)
    {
        _context = context;
        _owned = owned;
        _scope = scope;
        _tryKeep = tryKeep;
        Facts = ContextFacts.Of(context);
        _standing = mayStand && Facts.File is { } file ? new StandingPlace(file) : null;
        Model = context.Model;
        IsInTransaction = context.Database.CurrentTransaction is not null;
    }

    /// <summary>For what EF does. Who asks for it may change it, so that EF has to clear up behind them.</summary>
    /// <exception cref="InvalidOperationException">A transaction is under way on another connection, which what EF does would be no part of.</exception>
    internal DbContext Context
    {
        get
        {
            if (SharesStanding)
            {
                throw new InvalidOperationException("EF can take no part in a transaction on a connection that is not its own.");
            }

            // It is not kept then, nor is what stands beside its connection, which may be in the way of what is done.
            _isUsed = true;
            DropStanding();
            return _context;
        }
    }

    internal IModel Model { get; }

    internal ContextFacts Facts { get; }

    internal Dialect Dialect => Facts.Dialect;

    /// <summary>Whether it came with a transaction, which is not FuelSessions'.</summary>
    internal bool IsInTransaction { get; }

    /// <summary>Whether nobody is told of what its connection does, so that statements may go past EF. To be asked for each: logs and listeners come and go.</summary>
    internal bool IsUnwatched => !IsInTransaction && Facts.Onlookers?.AreAbsent() == true;

    internal DbConnection Connection => _connection ??= _context.Database.GetDbConnection();

    /// <summary>
    /// Of its connection, as the app and its interceptors left it. Servers' clients leave the password out once it was opened: where the app can't reach the context, what EF was told counts.
    /// </summary>
    internal string ConnectionString =>
        _tryKeep is null || Dialect.IsSqlite ? Connection.ConnectionString : _connectionString ??= _context.Database.GetConnectionString() ?? Connection.ConnectionString;

    /// <summary>How long a command may take, in seconds; 0: as long as it likes.</summary>
    internal int CommandTimeout => _commandTimeout ??= _context.Database.GetCommandTimeout() ?? DefaultTimeout();

    /// <summary>What was prepared for a transaction that many share on the context's own connection; null: there is none.</summary>
    internal PreparedCommands? Prepared { get; set; }

    /// <summary>Whether it is on the connection that stands beside it that many share a transaction.</summary>
    internal bool SharesStanding => _standing?.IsShared == true;

    /// <summary>What the last statement that was to change something has answered.</summary>
    internal ChangeAnswer LastChange { get; set; }

    /// <summary>What a write's first statement is gathered in; null: it is executed.</summary>
    internal SharedBatch? Gathering { get; set; }

    /// <summary>What statements of SQLite that nobody looks at are executed on; null: its own connection, which is opened for each of them or was opened for several.</summary>
    internal StandingConnection? Standing() => Prepared is null ? _standing?.Beside(Connection) : null;

    /// <summary>Closes that, and undoes what is not committed. The next statement has another one.</summary>
    internal void DropStanding() => _standing?.Clear();

    /// <summary>A context whose end is somebody else's.</summary>
    internal static ContextLease Of(DbContext context) => new(context, owned: false);

    /// <param name="factory">Makes the context.</param>
    /// <param name="tryKeep">Asked whether it is kept for the next operation, in place of its end.</param>
    /// <param name="mayStand">Whether it may then hold a connection that stays open.</param>
    internal static ContextLease FromFactory<TContext>(IDbContextFactory<TContext> factory, Func<ContextLease, bool> tryKeep, bool mayStand)
        where TContext : DbContext => new(factory.CreateDbContext(), owned: true, tryKeep: tryKeep, mayStand: mayStand);

    /// <summary>From the app's factory if it registered one, of whatever lifetime; else from a scope of its own.</summary>
    internal static ContextLease FromServices<TContext>(IServiceScopeFactory scopes)
        where TContext : DbContext
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        try
        {
            return scope.ServiceProvider.GetService<IDbContextFactory<TContext>>() is { } factory
                ? new ContextLease(factory.CreateDbContext(), owned: true, scope)
                : new ContextLease(scope.ServiceProvider.GetRequiredService<TContext>(), owned: false, scope);
        }
        catch
        {
            scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>What tries again where something fails; null: nothing does.</summary>
    internal IExecutionStrategy? RetryStrategy() =>
        Facts.MayRetry && Context.Database.CreateExecutionStrategy() is { RetriesOnFailure: true } strategy ? strategy : null;

    /// <summary>Whether a write that ended with this error may be stored all the same: what it ends with may be the error of a question that followed.</summary>
    internal bool LeavesInDoubt(Exception error) => LastChange switch
    {
        ChangeAnswer.Nothing => false,
        ChangeAnswer.Unclear => true,
        _ => DbErrors.IsOutcomeUnknown(error),
    };

    /// <summary>How long it has been kept.</summary>
    internal TimeSpan IdleFor => TimeSpan.FromMilliseconds(Environment.TickCount64 - _keptAt);

    public void Dispose()
    {
        if (!IsKept())
        {
            End();
        }
    }

    /// <summary>Ends one that nobody has any more.</summary>
    internal void End()
    {
        DropStanding();
        if (_owned)
        {
            _context.Dispose();
        }

        // What the app's context was made with may know no other way to end.
        _scope?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public ValueTask DisposeAsync() => IsKept() ? default : EndAsync();

    // EF would clear up a context that nobody has used, which takes longer than a statement.
    private bool IsKept()
    {
        if (_isUsed || _tryKeep is null || _connection is { State: not ConnectionState.Closed })
        {
            return false;
        }

        LastChange = ChangeAnswer.None;
        _keptAt = Environment.TickCount64;
        return _tryKeep(this);
    }

    private async ValueTask EndAsync()
    {
        DropStanding();
        if (_owned)
        {
            await _context.DisposeAsync().ConfigureAwait(false);
        }

        if (_scope is { } scope)
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }

    private int DefaultTimeout()
    {
        using DbCommand command = Connection.CreateCommand();
        return command.CommandTimeout;
    }
}
