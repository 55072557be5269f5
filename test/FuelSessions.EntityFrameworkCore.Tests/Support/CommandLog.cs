using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>What EF sent to the database, or would have sent: it can also answer in the database's place.</summary>
internal sealed class CommandLog(bool suppress = false) : DbCommandInterceptor
{
    private readonly ConcurrentQueue<string> _commands = new();

    /// <summary>How many rows a suppressed command says it changed.</summary>
    internal int RowsChanged { get; set; } = 1;

    /// <summary>The types of the last changing command's parameters.</summary>
    internal IReadOnlyDictionary<string, DbType> LastParameters { get; private set; } = new Dictionary<string, DbType>();

    /// <summary>The commands since the last call.</summary>
    internal string[] Take()
    {
        string[] taken = [.. _commands];
        _commands.Clear();
        return taken;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        _commands.Enqueue(command.CommandText);
        LastParameters = command.Parameters.Cast<DbParameter>().ToDictionary(parameter => parameter.ParameterName, parameter => parameter.DbType);
        return suppress ? InterceptionResult<int>.SuppressWithResult(RowsChanged) : result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(NonQueryExecuting(command, eventData, result));

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        _commands.Enqueue(command.CommandText);
        return suppress ? InterceptionResult<DbDataReader>.SuppressWithResult(NoRows.Reader(command.CommandText)) : result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ReaderExecuting(command, eventData, result));
}
