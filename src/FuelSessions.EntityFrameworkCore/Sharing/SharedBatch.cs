using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>
/// The first statement of each write, all sent at once, of which the server makes one transaction: one way there and back, and one commit, for all of them. Each write goes
/// on with the answer to its own; the few that have something to ask then, who won for example, do so one after the other.
/// </summary>
internal sealed class SharedBatch : SharedWork
{
    private readonly ContextLease _lease;
    private readonly DbBatch _batch;
    private readonly DbCommand _parameters;
    private readonly List<(DbBatchCommand Command, TaskCompletionSource<int> Changed)> _gathered = [];

    internal SharedBatch(ContextLease lease)
    {
        _lease = lease;
        _batch = lease.Connection.CreateBatch();
        _batch.Timeout = lease.CommandTimeout;
        _parameters = lease.Connection.CreateCommand();
    }

    /// <returns>How many rows the statement has changed, once all of them are committed.</returns>
    internal Task<int> AddAsync(PlainStatement statement, IReadOnlyDictionary<string, object?> values)
    {
        DbBatchCommand command = _batch.CreateBatchCommand();
        command.CommandText = statement.Text;
        statement.AddParameters(values, command.Parameters, _parameters);
        _batch.BatchCommands.Add(command);

        // Whoever waits for it goes on where it is answered.
        var changed = new TaskCompletionSource<int>();
        _gathered.Add((command, changed));
        return changed.Task;
    }

    internal override async Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        writes.Sort(static (one, other) => one.Key.SequenceCompareTo(other.Key));
        var running = new Task[writes.Count];
        try
        {
            await GatherAsync(writes, running, cancellationToken).ConfigureAwait(false);
            if (_gathered.Count > 0)
            {
                await SendAsync(cancellationToken).ConfigureAwait(false);
                MayBeStored = true;
            }
        }
        catch (Exception error)
        {
            MayBeStored |= DbErrors.IsOutcomeUnknown(error) && !IsCancelledInTime(error);
            await ForgetAsync(running).ConfigureAwait(false);
            throw;
        }

        int next = 0;
        for (int index = 0; index < writes.Count; index++)
        {
            if (!running[index].IsCompleted)
            {
                (DbBatchCommand command, TaskCompletionSource<int> changed) = _gathered[next++];
                changed.SetResult(command.RecordsAffected);
            }

            await running[index].ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!running[index].IsCompletedSuccessfully)
            {
                // One that has changed nothing, and could not ask who was faster, may do so by itself.
                writes[index].Fail(mayBeStored: _lease.LastChange != ChangeAnswer.Nothing);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _parameters.DisposeAsync().ConfigureAwait(false);
        await _batch.DisposeAsync().ConfigureAwait(false);
        await _lease.Context.Database.CloseConnectionAsync().ConfigureAwait(false);
    }

    // Its end is the server's word that all is committed. It is cancelled no earlier than it is on its way: what a client does not send for that it ends with the same error as
    // what it breaks off, and only of the latter it is not known what became of it.
    private async Task SendAsync(CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource();
        Task executing = _batch.ExecuteNonQueryAsync(end.Token);
        await using (cancellationToken.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), end).ConfigureAwait(false))
        {
            await executing.ConfigureAwait(false);
        }
    }

    // One of the statements was cancelled, and the server comes to no commit any more; not if the last of them was done. A connection's error may be a pooler's, which knows no more of
    // what the server did than anybody else.
    private bool IsCancelledInTime(Exception error) => DbErrors.IsCancelled(error) && _gathered is [.., ({ RecordsAffected: < 0 }, _)];

    private async Task GatherAsync(List<WaitingWrite> writes, Task[] running, CancellationToken cancellationToken)
    {
        for (int index = 0; index < writes.Count; index++)
        {
            int before = _gathered.Count;
            _lease.Gathering = this;
            try
            {
                running[index] = writes[index].RunAsync(_lease, cancellationToken);
            }
            finally
            {
                // What it has to say besides is executed: nobody would send it with the others any more.
                _lease.Gathering = null;
            }

            if (_gathered.Count == before)
            {
                // It begins with a question; asked on the same connection, and what it writes then has a commit of its own.
                MayBeStored = true;
                await running[index].ConfigureAwait(false);
            }
        }
    }

    private async Task ForgetAsync(Task?[] running)
    {
        foreach ((_, TaskCompletionSource<int> changed) in _gathered)
        {
            changed.SetException(new InvalidOperationException("What it shared a commit with could not be committed."));
        }

        foreach (Task write in running.OfType<Task>())
        {
            await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
