using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.Tests.Databases;

/// <summary>Has the database refuse the next statements, before it has done anything.</summary>
internal sealed class BrokenWire : DbCommandInterceptor
{
    private readonly Queue<Exception> _errors = new();
    private (Exception Error, int Times) _writes;

    internal int Left => _errors.Count;

    /// <summary>Told with the number of errors that are left.</summary>
    internal Action<int> Refusing { get; set; } = _ => { };

    internal void Refuse(Exception error, int times = 1)
    {
        for (int time = 0; time < times; time++)
        {
            _errors.Enqueue(error);
        }
    }

    /// <summary>The same for statements that change rows: every one from now on, if it is not said how many.</summary>
    internal void RefuseWrites(Exception error, int times = int.MaxValue) => _writes = (error, times);

    internal int WritesLeft => Math.Max(_writes.Times, 0);

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
        _writes.Times-- > 0 ? throw _writes.Error : Answer(result);

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(NonQueryExecuting(command, eventData, result));

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) => Answer(result);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) => new(Answer(result));

    private T Answer<T>(T result)
    {
        if (!_errors.TryDequeue(out Exception? error))
        {
            return result;
        }

        Refusing(Left);
        throw error;
    }
}
