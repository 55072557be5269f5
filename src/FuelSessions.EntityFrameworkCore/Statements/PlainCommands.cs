using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// Executes statements on a context's connection itself. Within a transaction that many share, each statement is prepared once.
/// </summary>
internal static class PlainCommands
{
    private static readonly ConditionalWeakTable<DbContext, Dictionary<IRelationalCommand, DbCommand>> Prepared = [];

    /// <summary>From here on the context's statements are kept, until its connection closes, and they with it.</summary>
    internal static void KeepPrepared(DbContext context) => Prepared.AddOrUpdate(context, []);

    /// <summary>Whether that is so now: the context's transaction is many's.</summary>
    internal static bool AreShared(DbContext context) => Prepared.TryGetValue(context, out _);

    internal static void LetGo(DbContext context) => Prepared.Remove(context);

    /// <returns>How many rows it changed.</returns>
    internal static async ValueTask<int> ExecuteAsync(
        DbContext context, IRelationalCommand statement, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        using var use = new Use(context, statement, values);
        return await SqliteWait.ExecuteAsync(use.Command, static command => command.ExecuteNonQuery(), cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Its first row; null if there is none.</returns>
    internal static async ValueTask<TRow?> FirstAsync<TRow>(
        DbContext context, IRelationalCommand statement, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class
    {
        using var use = new Use(context, statement, values);
        using DbDataReader reader = await SqliteWait.ExecuteAsync(use.Command, static command => command.ExecuteReader(), cancellationToken).ConfigureAwait(false);
        return reader.Read() ? row(reader) : null;
    }

    /// <summary>A command with its values, on a connection that is open.</summary>
    private readonly struct Use : IDisposable
    {
        private readonly DbConnection? _opened;
        private readonly bool _isKept;

        internal Use(DbContext context, IRelationalCommand statement, IReadOnlyDictionary<string, object?> values)
        {
            DbConnection connection = context.Database.GetDbConnection();
            if (connection.State != ConnectionState.Open)
            {
                connection.Open();
                _opened = connection;
            }

            try
            {
                Command = CommandOf(context, connection, statement, out _isKept);
                foreach (IRelationalParameter parameter in statement.Parameters)
                {
                    parameter.AddDbParameter(Command, values);
                }
            }
            catch
            {
                _opened?.Close();
                throw;
            }
        }

        internal DbCommand Command { get; }

        public void Dispose()
        {
            if (_isKept)
            {
                Command.Parameters.Clear();
            }
            else
            {
                Command.Dispose();
            }

            _opened?.Close();
        }

        private static DbCommand CommandOf(DbContext context, DbConnection connection, IRelationalCommand statement, out bool isKept)
        {
            isKept = Prepared.TryGetValue(context, out Dictionary<IRelationalCommand, DbCommand>? kept);
            if (kept?.TryGetValue(statement, out DbCommand? known) == true)
            {
                return known;
            }

            DbCommand command = connection.CreateCommand();
            command.CommandText = statement.CommandText;
            command.CommandTimeout = context.Database.GetCommandTimeout() ?? command.CommandTimeout;
            if (kept is not null)
            {
                command.Prepare();
                kept.Add(statement, command);
            }

            return command;
        }
    }
}
