using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Statements;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// A connection to a file of SQLite that stays open from one operation to the next, with what was prepared on it: to open one and to prepare a statement takes longer than the
/// statement. Before each use it is looked at whether the file is still the one that its path leads to: who went on would write to one that was deleted or replaced. Only where the
/// system can tell that (Linux), the context is FuelSessions' own, and nobody looks at what its connection does.
/// </summary>
internal sealed class StandingConnection : IDisposable
{
    private static readonly PlainStatement BeginAtOnce = new("BEGIN IMMEDIATE", []);
    private static readonly PlainStatement CommitAll = new("COMMIT", []);
    private static readonly PlainStatement RollBack = new("ROLLBACK", []);
    private static readonly NamedValues None = new();

    private readonly DbConnection _connection;
    private readonly DatabaseFile _file;
    private readonly FileNumber _number;
    private readonly PreparedCommands _prepared;
    private bool _isOver;

    private StandingConnection(DbConnection connection, DatabaseFile file, FileNumber number) =>
        (_connection, _file, _number, _prepared) = (connection, file, number, new PreparedCommands(connection));

    /// <summary>Whether what is done through it is done to the file that is there by now.</summary>
    internal bool IsCurrent => !_isOver && _file.Current == _number;

    /// <summary>Whether a transaction was begun and is not committed. If it was undone meanwhile, nothing can be done through this any more.</summary>
    internal bool IsInTransaction { get; private set; }

    /// <returns>Null: there is no such file yet, or it was just replaced.</returns>
    internal static StandingConnection? TryOpen(DatabaseFile file, DbConnection beside)
    {
        if (file.Current is not { } number || DbProviderFactories.GetFactory(beside)?.CreateConnection() is not { } connection)
        {
            return null;
        }

        // A pooled one may have been opened long ago, and lead to another file.
        connection.ConnectionString = DatabaseFile.Unpooled(beside);
        var standing = new StandingConnection(connection, file, number);
        try
        {
            connection.Open();
            if (standing.IsCurrent)
            {
                return standing;
            }
        }
        catch
        {
            standing.Dispose();
            throw;
        }

        standing.Dispose();
        return null;
    }

    /// <summary>Executes a statement with its values, which is prepared if it was not yet.</summary>
    /// <exception cref="InvalidOperationException">It was closed, as something has failed on it.</exception>
    internal TResult Run<TArgument, TResult>(
        PlainStatement statement, IReadOnlyDictionary<string, object?> values, TArgument argument, Func<DbCommand, TArgument, TResult> execute)
    {
        if (_isOver)
        {
            throw new InvalidOperationException("The connection was closed after an error, and what was begun on it is undone.");
        }

        try
        {
            DbCommand command = _prepared.Of(statement);
            statement.AddParameters(values, command.Parameters, command);
            TResult result = execute(command, argument);
            command.Parameters.Clear();
            return result;
        }
        catch (DbException error) when (DbErrors.IsConflict(error) || DbErrors.IsDuplicateKey(error))
        {
            // Nothing of it was done, and what was before it is as it was. Not so the command, which may be in the middle of something.
            _prepared.Forget(statement);
            throw;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction that has the file from now on.</summary>
    internal void Begin()
    {
        Execute(BeginAtOnce);
        IsInTransaction = true;
    }

    internal void Commit()
    {
        Execute(CommitAll);
        IsInTransaction = false;
    }

    public void Dispose()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        try
        {
            if (IsInTransaction)
            {
                _prepared.Of(RollBack).ExecuteNonQuery();
            }
        }
        catch (DbException)
        {
            // There is none any more: SQLite, or a trigger, has rolled it back itself.
        }
        finally
        {
            _prepared.Dispose();
            _connection.Dispose();
        }
    }

    private void Execute(PlainStatement statement) => Run(statement, None, 0, static (command, _) => command.ExecuteNonQuery());
}
