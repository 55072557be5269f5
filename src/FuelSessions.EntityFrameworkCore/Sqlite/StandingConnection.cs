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
    private const string Pooling = "Pooling";

    private readonly DbConnection _connection;
    private readonly string _path;
    private readonly FileNumber _file;
    private readonly Dictionary<PlainStatement, DbCommand> _prepared = [];
    private bool _isOver;

    private StandingConnection(DbConnection connection, string path, FileNumber file) => (_connection, _path, _file) = (connection, path, file);

    /// <summary>Whether what is done through it is done to the file that is there by now.</summary>
    internal bool IsCurrent => !_isOver && FileNumber.Of(_path) == _file;

    /// <summary>Whether there may be one beside that connection, which is closed.</summary>
    internal static bool MayBeBeside(DbConnection connection) =>
        OperatingSystem.IsLinux()
        && connection.DataSource is { Length: > 0 } path
        && !path.StartsWith(':') && !path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        && !(SettingsOf(connection).TryGetValue(Pooling, out object? pooling) && bool.TryParse(pooling as string, out bool isPooled) && !isPooled);

    /// <returns>Null: there is no such file yet, or it was just replaced.</returns>
    internal static StandingConnection? TryOpen(DbConnection beside)
    {
        string path = Path.GetFullPath(beside.DataSource);
        if (FileNumber.Of(path) is not { } file || DbProviderFactories.GetFactory(beside)?.CreateConnection() is not { } connection)
        {
            return null;
        }

        // A pooled one may have been opened long ago, and lead to another file.
        DbConnectionStringBuilder settings = SettingsOf(beside);
        settings[Pooling] = bool.FalseString;
        connection.ConnectionString = settings.ConnectionString;
        var standing = new StandingConnection(connection, path, file);
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
    internal TResult Run<TArgument, TResult>(
        PlainStatement statement, IReadOnlyDictionary<string, object?> values, TArgument argument, Func<DbCommand, TArgument, TResult> execute)
    {
        DbCommand command = CommandOf(statement);
        try
        {
            statement.AddParameters(values, command.Parameters, command);
            TResult result = execute(command, argument);
            command.Parameters.Clear();
            return result;
        }
        catch (DbException error) when (DbErrors.IsConflict(error))
        {
            // Others have the file, and it is tried again: with a new command, as this one may be in the middle of something.
            _prepared.Remove(statement);
            command.Dispose();
            throw;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (DbCommand command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        _connection.Dispose();
    }

    private static DbConnectionStringBuilder SettingsOf(DbConnection connection) => new() { ConnectionString = connection.ConnectionString };

    private DbCommand CommandOf(PlainStatement statement)
    {
        if (!_prepared.TryGetValue(statement, out DbCommand? command))
        {
            command = _connection.CreateCommand();
            command.CommandText = statement.Text;
            command.CommandTimeout = SqliteWait.Once;
            _prepared.Add(statement, command);
        }

        return command;
    }

    /// <summary>Which file it is. No other one has its number for as long as anybody has it open.</summary>
    private readonly record struct FileNumber(ulong Device, ulong Number)
    {
        /// <returns>Null if there is none, or the system can't tell.</returns>
        internal static FileNumber? Of(string path) =>
            LinuxStat.Ask(path, follows: true, out LinuxStat.Answer answer) == 0 ? new FileNumber(answer.Device, answer.Number) : null;
    }
}
