using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using static SQLitePCL.raw;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>Holds a changing command, on demand, and tells of each whether it is in a transaction.</summary>
internal sealed class Gate : DbCommandInterceptor
{
    private readonly Lock _lock = new();
    private readonly List<bool> _isInTransaction = [];
    private TaskCompletionSource? _arrived;
    private TaskCompletionSource _open = new();
    private int _passing;

    /// <summary>Of each changing command since the last call.</summary>
    internal bool[] TakeInTransaction()
    {
        lock (_lock)
        {
            bool[] taken = [.. _isInTransaction];
            _isInTransaction.Clear();
            return taken;
        }
    }

    /// <summary>Lets so many commands pass, and holds the one after them.</summary>
    /// <returns>Completes when it is held.</returns>
    internal Task HoldAsync(int after = 0)
    {
        lock (_lock)
        {
            _passing = after;
            _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrived.Task;
        }
    }

    internal void Open() => _open.TrySetResult();

    /// <summary>What lets the command go on that is held now, and none that is held later.</summary>
    internal Action Opening()
    {
        TaskCompletionSource open = _open;
        return () => open.TrySetResult();
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource? arrived = null;
        Task opened;
        lock (_lock)
        {
            _isInTransaction.Add(command.Connection is SqliteConnection { Handle: { } handle } && sqlite3_get_autocommit(handle) == 0);
            if (_arrived is not null && _passing-- == 0)
            {
                (arrived, _arrived) = (_arrived, null);
            }

            opened = _open.Task;
        }

        if (arrived is not null)
        {
            arrived.SetResult();
            await opened.WaitAsync(cancellationToken);
        }

        return result;
    }
}
