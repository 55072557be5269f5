using System.Diagnostics.CodeAnalysis;
using System.Transactions;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// The one writer that a SQLite file has at a time, within this process. Whoever finds it free goes at once and by himself, and nobody waits
/// for company. What comes meanwhile goes into the next transaction, together: it costs one commit. Each is compared and swapped by itself all the same,
/// and answered once that is committed; if anything goes wrong nothing of it is, and each of them is tried by itself.
/// </summary>
/// <param name="open">Opens a context for one transaction.</param>
internal sealed class SqliteWriter(Func<ContextLease> open)
{
    // Bounds how long the first one waits for the others.
    private const int MostTogether = 128;

    private readonly Lock _gate = new();
    private readonly Queue<WaitingWrite> _waiting = new();

    // Those that did not work out together: before all others, as they were.
    private readonly Queue<WaitingWrite> _again = new();

    private bool _isBusy;

    /// <returns>Whether it was free, and now is the caller's until <see cref="Leave"/>.</returns>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            return !_isBusy && (_isBusy = true);
        }
    }

    /// <returns>True: it was written. False: the writer is the caller's until <see cref="Leave"/>.</returns>
    /// <exception cref="OperationCanceledException">It has given up; if others had begun with it, it may be stored all the same.</exception>
    internal Task<bool> WaitAsync(WaitingWrite write)
    {
        lock (_gate)
        {
            if (!_isBusy)
            {
                _isBusy = true;
                return Task.FromResult(false);
            }

            _waiting.Enqueue(write);
        }

        return write.WaitAsync();
    }

    /// <summary>Hands the writer on.</summary>
    internal void Leave()
    {
        if (TryNext(out _))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static writer => _ = writer.WriteTogetherAsync(), this, preferLocal: false);
        }
    }

    private async Task WriteTogetherAsync()
    {
        while (TryNext(out WaitingWrite? first))
        {
            WaitingWrite leading = first;
            await leading.InItsFlow(() => WriteTogetherAsync(leading)).ConfigureAwait(false);
        }
    }

    /// <returns>True: there are some to write together, this one first. False: the writer is somebody else's now, or free.</returns>
    private bool TryNext([NotNullWhen(true)] out WaitingWrite? first)
    {
        lock (_gate)
        {
            while (_again.TryDequeue(out first))
            {
                if (first.TryGiveTurn())
                {
                    return false;
                }
            }

            while (_waiting.TryPeek(out first))
            {
                if (first.IsWaiting && first.Place is not null)
                {
                    // It stays there until the file is ours: until then it may give up, and others may come along.
                    return true;
                }

                _waiting.Dequeue();
                if (first.TryGiveTurn())
                {
                    return false;
                }
            }

            _isBusy = false;
            return false;
        }
    }

    private async Task WriteTogetherAsync(WaitingWrite first)
    {
        List<WaitingWrite> taken = [];
        bool isCommitting = false;
        try
        {
            using TransactionScope? apart = LeasedDatabase.ApartFromAmbientTransaction();
            ContextLease lease = open();
            await using (lease.ConfigureAwait(false))
            {
                SharedTransaction transaction = await SharedTransaction.BeginAsync(lease.Context, first.Place!, first.Token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    Take(first.Place!, taken);
                    foreach (WaitingWrite write in taken)
                    {
                        await write.RunAsync(lease.Context, first.Token).ConfigureAwait(false);
                    }

                    isCommitting = true;
                    transaction.Commit();
                }
            }
        }
        catch (Exception)
        {
            // Whatever it was: whom it concerns meets it again, by himself and with all that the provider and the driver do about it.
            TryAlone(taken.Count > 0 ? taken : [first], isCommitting);
            return;
        }

        foreach (WaitingWrite write in taken)
        {
            write.Finish();
        }
    }

    private void Take(DatabasePlace place, List<WaitingWrite> taken)
    {
        lock (_gate)
        {
            while (taken.Count < MostTogether && _waiting.TryPeek(out WaitingWrite? next) && (!next.IsWaiting || place.Equals(next.Place)))
            {
                _waiting.Dequeue();
                if (next.TryTake())
                {
                    taken.Add(next);
                }
            }
        }
    }

    private void TryAlone(List<WaitingWrite> writes, bool mayBeStored)
    {
        lock (_gate)
        {
            foreach (WaitingWrite write in writes)
            {
                write.GoAlone(mayBeStored);
                _again.Enqueue(write);
            }
        }
    }
}
