using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// A statement that was put together once and runs as often as wanted. It goes the way of EF's own commands, so
/// that the app's interceptors and logs see it, but past the change tracker and the translation of queries; where nobody
/// looks and the database is one that this was tried with, past EF.
/// </summary>
/// <param name="command">As it goes through EF.</param>
/// <param name="plain">As it goes past it.</param>
/// <param name="inserts">Whether it adds a row: a trigger that puts it elsewhere has the server answer that there is none.</param>
internal sealed class Statement(IRelationalCommand command, PlainStatement plain, bool inserts = false)
{
    /// <summary>Runs it once, without the provider's retries.</summary>
    /// <param name="lease">Whose connection is used.</param>
    /// <param name="values">The parameters' values by name.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SessionStoreException">The database does not say how many.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    internal async ValueTask<int> ExecuteAsync(ContextLease lease, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        lease.LastChange = ChangeAnswer.None;
        try
        {
            if (lease.Gathering is { } batch)
            {
                return Counted(lease, await batch.AddAsync(plain, values).ConfigureAwait(false));
            }

            if (lease.IsUnwatched)
            {
                try
                {
                    return Counted(lease, await PlainCommands.ExecuteAsync(lease, plain, values, cancellationToken).ConfigureAwait(false));
                }
                catch (DbException error) when (IsToBeSeen(lease, error, cancellationToken))
                {
                    // It has changed nothing. EF meets the same, and tells of it.
                }
            }

            SqliteWait.BeginOn(lease);
            return Counted(lease, await command.ExecuteNonQueryAsync(On(lease, values), cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (IsNoted(lease, error))
        {
            throw;
        }
    }

    internal int Execute(ContextLease lease, IReadOnlyDictionary<string, object?> values)
    {
        lease.LastChange = ChangeAnswer.None;
        try
        {
            return Counted(lease, command.ExecuteNonQuery(On(lease, values)));
        }
        catch (Exception error) when (IsNoted(lease, error))
        {
            throw;
        }
    }

    /// <summary>Its first row; null if there is none.</summary>
    /// <param name="lease">Whose connection is used.</param>
    /// <param name="values">The parameters' values by name.</param>
    /// <param name="row">Makes of the reader's row what is asked for.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    internal ValueTask<TRow?> FirstAsync<TRow>(
        ContextLease lease, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class => lease.IsUnwatched
            ? FirstUnwatchedAsync(lease, values, row, cancellationToken)
            : FirstByEfAsync(lease, values, row, cancellationToken);

    /// <summary>All of its rows.</summary>
    internal async ValueTask<List<TRow>> AllAsync<TRow>(
        ContextLease lease, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
    {
        SqliteWait.BeginOn(lease);
        RelationalDataReader reader = await Copy(lease).ExecuteReaderAsync(On(lease, values), cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<TRow> rows = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(row(reader.DbDataReader));
            }

            return rows;
        }
    }

    internal List<TRow> All<TRow>(ContextLease lease, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row)
    {
        using RelationalDataReader reader = Copy(lease).ExecuteReader(On(lease, values));
        List<TRow> rows = [];
        while (reader.Read())
        {
            rows.Add(row(reader.DbDataReader));
        }

        return rows;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<TRow?> FirstUnwatchedAsync<TRow>(
        ContextLease lease, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class
    {
        try
        {
            return await PlainCommands.FirstAsync(lease, plain, values, row, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error) when (IsToBeSeen(lease, error, cancellationToken))
        {
            // As above.
        }

        return await FirstByEfAsync(lease, values, row, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TRow?> FirstByEfAsync<TRow>(
        ContextLease lease, IReadOnlyDictionary<string, object?> values, Func<DbDataReader, TRow> row, CancellationToken cancellationToken)
        where TRow : class
    {
        SqliteWait.BeginOn(lease);
        RelationalDataReader reader = await Copy(lease).ExecuteReaderAsync(On(lease, values), cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? row(reader.DbDataReader) : null;
        }
    }

    // Not what may have changed something: the second time it would change nothing, and its own row be taken for a rival's. And not where others have a part in the
    // transaction, which that may have ended, so that the next one would be stored by itself: each of them is tried again alone. A duplicate key ends none, and is EF's to see if the
    // transaction is on its connection.
    private static bool IsToBeSeen(ContextLease lease, DbException error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && DbErrors.IsRefusal(error)
        && !DbErrors.IsConflict(error)
        && !lease.SharesStanding
        && (DbErrors.IsDuplicateKey(error) || lease.Prepared is null);

    // False: for the condition of a catch.
    private static bool IsNoted(ContextLease lease, Exception error)
    {
        lease.LastChange = DbErrors.IsOutcomeUnknown(error) ? ChangeAnswer.Unclear : ChangeAnswer.None;
        return false;
    }

    private int Counted(ContextLease lease, int rows)
    {
        if (rows == 0)
        {
            lease.LastChange = inserts ? ChangeAnswer.Unclear : ChangeAnswer.Nothing;
        }

        return rows >= 0 ? rows : throw new SessionStoreException(
            $"The database did not say how many rows a statement has changed (it answered {rows}), which is how FuelSessions learns who was faster; the statement may have changed them. "
            + "Look for an interceptor or a setting of the server or the connection that switches the count off, such as SQL Server's NOCOUNT in a trigger.")
        {
            IsOutcomeUnknown = true,
        };
    }

    // A command keeps its reader, so one that reads is not shared.
    private IRelationalCommand Copy(ContextLease lease)
    {
        IRelationalCommand copy = lease.Context.GetService<IRelationalConnection>().RentCommand();
        copy.PopulateFrom(command);
        return copy;
    }

    private static RelationalCommandParameterObject On(ContextLease lease, IReadOnlyDictionary<string, object?> values) => new(
        lease.Context.GetService<IRelationalConnection>(),
        values,
        readerColumns: null,
        lease.Context,
        lease.Context.GetService<IRelationalCommandDiagnosticsLogger>(),
        CommandSource.ExecuteSqlRaw);
}
