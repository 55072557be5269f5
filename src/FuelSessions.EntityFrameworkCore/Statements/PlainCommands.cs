using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// Executes statements on a context's connection itself. Within a transaction that many share, each statement is prepared once; for a batch it is gathered.
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
        if (SharedBatch.Gathers(context, out SharedBatch? batch))
        {
            return await batch.AddAsync(statement, values).ConfigureAwait(false);
        }

        Use use = await Use.BeginAsync(context, statement, values, cancellationToken).ConfigureAwait(false);
        await using (use.ConfigureAwait(false))
        {
            return Dialect.Of(context).IsSqlite
                ? await SqliteWait.ExecuteAsync(use.Command, static command => command.ExecuteNonQuery(), cancellationToken).ConfigureAwait(false)
                : await use.Command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Its first row; null if there is none.</returns>
    internal static async ValueTask<TRow?> FirstAsync<TRow>(
        DbContext context, IRelationalCommand statement, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class
    {
        Use use = await Use.BeginAsync(context, statement, values, cancellationToken).ConfigureAwait(false);
        await using (use.ConfigureAwait(false))
        {
            DbDataReader reader = Dialect.Of(context).IsSqlite
                ? await SqliteWait.ExecuteAsync(use.Command, static command => command.ExecuteReader(), cancellationToken).ConfigureAwait(false)
                : await use.Command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? row(reader) : null;
            }
        }
    }

    /// <summary>A command with its values, on a connection that is open.</summary>
    private readonly struct Use : IAsyncDisposable
    {
        private readonly DbConnection? _opened;
        private readonly bool _isKept;

        private Use(DbCommand command, bool isKept, DbConnection? opened) => (Command, _isKept, _opened) = (command, isKept, opened);

        internal DbCommand Command { get; }

        internal static async ValueTask<Use> BeginAsync(
            DbContext context, IRelationalCommand statement, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
        {
            DbConnection connection = context.Database.GetDbConnection();
            DbConnection? opened = null;
            if (connection.State != ConnectionState.Open)
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                opened = connection;
            }

            try
            {
                DbCommand command = CommandOf(context, connection, statement, out bool isKept);
                foreach (IRelationalParameter parameter in statement.Parameters)
                {
                    parameter.AddDbParameter(command, values);
                }

                return new Use(command, isKept, opened);
            }
            catch
            {
                opened?.Close();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_isKept)
            {
                Command.Parameters.Clear();
            }
            else
            {
                await Command.DisposeAsync().ConfigureAwait(false);
            }

            if (_opened is not null)
            {
                await _opened.CloseAsync().ConfigureAwait(false);
            }
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
