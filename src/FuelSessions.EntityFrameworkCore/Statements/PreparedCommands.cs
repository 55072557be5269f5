using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>Commands of one SQLite connection, one for each statement. The provider prepares each as it runs for the first time.</summary>
internal sealed class PreparedCommands(DbConnection connection) : IDisposable
{
    private readonly Dictionary<PlainStatement, DbCommand> _commands = [];

    /// <summary>Without values.</summary>
    internal DbCommand Of(PlainStatement statement)
    {
        if (!_commands.TryGetValue(statement, out DbCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = statement.Text;
            command.CommandTimeout = SqliteWait.Once;
            _commands.Add(statement, command);
        }

        return command;
    }

    /// <summary>Ends the command of a statement; the next time it has another one.</summary>
    internal void Forget(PlainStatement statement)
    {
        if (_commands.Remove(statement, out DbCommand? command))
        {
            command.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (DbCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _commands.Clear();
    }
}
