using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// Executes statements on a context's connection itself. Within a transaction that many share, each statement is prepared once. The connection is
/// opened for each, from the provider's pool, unless it is open; or one stands beside it (<see cref="StandingConnection"/>).
/// </summary>
internal static class PlainCommands
{
    /// <returns>How many rows it changed.</returns>
    internal static ValueTask<int> ExecuteAsync(
        ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken) =>
        lease.Dialect.IsSqlite
            ? SqliteWait.RunAsync((lease, statement, values), static of => Execute(of.lease, of.statement, of.values), static of => of.lease.CommandTimeout, cancellationToken)
            : ExecuteOnServerAsync(lease, statement, values, cancellationToken);

    /// <returns>Its first row; null if there is none.</returns>
    internal static ValueTask<TRow?> FirstAsync<TRow>(
        ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class =>
        lease.Dialect.IsSqlite
            ? SqliteWait.RunAsync((lease, statement, values, row), static of => First(of.lease, of.statement, of.values, of.row), static of => of.lease.CommandTimeout, cancellationToken)
            : FirstOnServerAsync(lease, statement, values, row, cancellationToken);

    // SQLite's provider has synchronous methods only, and the asynchronous ones call them.
    private static int Execute(ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values)
    {
        if (lease.Standing() is { } standing)
        {
            return standing.Run(statement, values, 0, static (command, _) => command.ExecuteNonQuery());
        }

        using Opening opening = Opening.Of(lease);
        using Use use = new(lease, statement, values, SqliteWait.Once);
        return use.Command.ExecuteNonQuery();
    }

    private static TRow? First<TRow>(ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row)
        where TRow : class
    {
        if (lease.Standing() is { } standing)
        {
            return standing.Run(statement, values, row, First);
        }

        using Opening opening = Opening.Of(lease);
        using Use use = new(lease, statement, values, SqliteWait.Once);
        return First(use.Command, row);
    }

    private static TRow? First<TRow>(DbCommand command, Func<DbDataReader, TRow> row)
        where TRow : class
    {
        using DbDataReader reader = command.ExecuteReader();
        return reader.Read() ? row(reader) : null;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ExecuteOnServerAsync(
        ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        Opening opening = await Opening.OfAsync(lease, cancellationToken).ConfigureAwait(false);
        await using (opening.ConfigureAwait(false))
        {
            using Use use = new(lease, statement, values, lease.CommandTimeout);
            return await use.Command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<TRow?> FirstOnServerAsync<TRow>(
        ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class
    {
        Opening opening = await Opening.OfAsync(lease, cancellationToken).ConfigureAwait(false);
        await using (opening.ConfigureAwait(false))
        {
            using Use use = new(lease, statement, values, lease.CommandTimeout);
            DbDataReader reader = await use.Command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? row(reader) : null;
            }
        }
    }

    /// <summary>Closes a connection that was opened for one statement.</summary>
    private readonly struct Opening : IDisposable, IAsyncDisposable
    {
        private readonly DbConnection? _opened;

        private Opening(DbConnection opened) => _opened = opened;

        internal static Opening Of(ContextLease lease)
        {
            DbConnection connection = lease.Connection;
            if (connection.State == ConnectionState.Open)
            {
                return default;
            }

            lease.Facts.File?.Renew(connection);
            connection.Open();
            return new Opening(connection);
        }

        internal static async ValueTask<Opening> OfAsync(ContextLease lease, CancellationToken cancellationToken)
        {
            DbConnection connection = lease.Connection;
            if (connection.State == ConnectionState.Open)
            {
                return default;
            }

            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new Opening(connection);
        }

        public void Dispose() => _opened?.Close();

        public ValueTask DisposeAsync() => _opened is null ? default : new ValueTask(_opened.CloseAsync());
    }

    /// <summary>A command with its values.</summary>
    private readonly struct Use : IDisposable
    {
        private readonly bool _isKept;

        internal Use(ContextLease lease, PlainStatement statement, IReadOnlyDictionary<string, object?> values, int timeout)
        {
            _isKept = lease.Prepared is not null;
            Command = lease.Prepared?.Of(statement) ?? NewCommand(lease, statement, timeout);
            statement.AddParameters(values, Command.Parameters, Command);
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
        }

        private static DbCommand NewCommand(ContextLease lease, PlainStatement statement, int timeout)
        {
            DbCommand command = lease.Connection.CreateCommand();
            command.CommandText = statement.Text;
            command.CommandTimeout = timeout;
            return command;
        }
    }
}
