using System.Diagnostics.CodeAnalysis;
using System.Transactions;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>
/// The commits of this process. Whoever finds a turn free goes at once and by himself, and nobody waits for company. What comes while all are taken goes into the next
/// commit, together: it costs one way to the disk. Each is compared and swapped by itself all the same, and answered once that is committed; if anything goes wrong nothing
/// of it is, and each of them is tried by itself.
/// </summary>
/// <param name="open">Opens a context for one commit.</param>
/// <param name="turns">How many there are at a time.</param>
/// <param name="isExclusive">Whether nothing may be written without a turn: SQLite has one writer at a time.</param>
internal sealed class SharedCommits(Func<ContextLease> open, int turns, bool isExclusive)
{
    /// <summary>Where several commits can go on at a time.</summary>
    internal const int TurnsOnServers = 2;

    // They bound how long the first one waits for the others.
    private const int MostTogether = 128;
    private const int MostBytes = 1024 * 1024;

    // Where others can go on meanwhile: a row that somebody has locked must not stop those who don't want it.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Turn?[] _turns = new Turn?[turns];
    private readonly Queue<WaitingWrite> _waiting = new();

    // Those that did not work out together: before all others, as they were.
    private readonly Queue<WaitingWrite> _again = new();

    private bool _isWatched;

    internal bool IsExclusive => isExclusive;

    /// <returns>Null if none is free; else it is the caller's until <see cref="Leave"/>.</returns>
    internal Turn? TryEnter()
    {
        lock (_gate)
        {
            return TryTake();
        }
    }

    /// <returns>Null: it was written. Else the caller's turn to write it by itself, until <see cref="Leave"/>.</returns>
    /// <exception cref="OperationCanceledException">It has given up; if others had begun with it, it may be stored all the same.</exception>
    internal Task<Turn?> WaitAsync(WaitingWrite write)
    {
        lock (_gate)
        {
            if (TryTake() is { } turn)
            {
                return Task.FromResult<Turn?>(turn);
            }

            if (!isExclusive && write.Place is null)
            {
                return Task.FromResult<Turn?>(Turn.Unlimited);
            }

            _waiting.Enqueue(write);
            if (!isExclusive && !_isWatched)
            {
                _isWatched = true;
                _ = WatchAsync();
            }
        }

        return write.WaitAsync();
    }

    /// <summary>Hands the turn on.</summary>
    internal void Leave(Turn turn)
    {
        if (!turn.IsOver && TryNext(turn, out _))
        {
            GoOn(turn);
        }
    }

    private void GoOn(Turn turn) => ThreadPool.UnsafeQueueUserWorkItem(
        static work => _ = work.Commits.WriteTogetherAsync(work.Turn), (Commits: this, Turn: turn), preferLocal: false);

    private async Task WriteTogetherAsync(Turn turn)
    {
        while (TryNext(turn, out WaitingWrite? first))
        {
            WaitingWrite leading = first;
            await leading.InItsFlow(() => WriteTogetherAsync(turn, leading)).ConfigureAwait(false);
        }
    }

    /// <returns>True: there are some to write together, this one first. False: the turn is somebody else's now, or free.</returns>
    private bool TryNext(Turn turn, [NotNullWhen(true)] out WaitingWrite? first)
    {
        lock (_gate)
        {
            first = null;
            if (turn.IsOver)
            {
                return false;
            }

            while (_again.TryDequeue(out first))
            {
                if (first.TryGive(turn))
                {
                    return false;
                }
            }

            while (_waiting.TryPeek(out first))
            {
                if (first.IsWaiting && first.Place is not null)
                {
                    // It stays there until its commit has begun: until then it may give up, and others may come along.
                    turn.Renew();
                    return true;
                }

                _waiting.Dequeue();
                if (first.TryGive(turn))
                {
                    return false;
                }
            }

            _turns[Array.IndexOf(_turns, turn)] = null;
            return false;
        }
    }

    private async Task WriteTogetherAsync(Turn turn, WaitingWrite first)
    {
        if (first.Place is not { } place)
        {
            // Another turn has had it meanwhile, and it goes by itself.
            return;
        }

        List<WaitingWrite> taken = [];
        SharedWork? work = null;
        try
        {
            // Who was the first to come may give up while the file is waited for; where several commits go on at a time, none of them waits that long.
            CancellationToken cancellationToken = isExclusive ? first.Token : turn.Token;
            using TransactionScope? apart = LeasedDatabase.ApartFromAmbientTransaction();
            ContextLease lease = open();
            await using (lease.ConfigureAwait(false))
            {
                work = await SharedWork.BeginAsync(lease, place, cancellationToken).ConfigureAwait(false);
                await using (work.ConfigureAwait(false))
                {
                    Take(place, taken);
                    await work.RunAsync(taken, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception)
        {
            // Whatever it was: whom it concerns meets it again, by himself and with all that the provider and the driver do about it. Not if it came to nobody, and another
            // turn has taken the first of them meanwhile: written twice, it would find itself there as its own rival.
            if (taken.Count == 0 && first.TryTake())
            {
                taken.Add(first);
            }

            TryAlone(taken, work?.MayBeStored == true);
            return;
        }

        foreach (WaitingWrite write in taken)
        {
            write.Finish();
        }

        TryAlone(taken.Where(write => write.HasFailed), mayBeStored: false);
    }

    private void Take(DatabasePlace place, List<WaitingWrite> taken)
    {
        lock (_gate)
        {
            int bytes = 0;
            while (taken.Count < MostTogether
                && _waiting.TryPeek(out WaitingWrite? next)
                && (!next.IsWaiting || (place.Equals(next.Place) && (taken.Count == 0 || bytes + next.Size <= MostBytes))))
            {
                _waiting.Dequeue();
                if (next.TryTake())
                {
                    taken.Add(next);
                    bytes += next.Size;
                }
            }
        }
    }

    private void TryAlone(IEnumerable<WaitingWrite> writes, bool mayBeStored)
    {
        lock (_gate)
        {
            foreach (WaitingWrite write in writes)
            {
                write.GoAlone(mayBeStored);
                if (isExclusive)
                {
                    _again.Enqueue(write);
                }
                else
                {
                    write.TryGive(Turn.Unlimited);
                }
            }
        }
    }

    private Turn? TryTake()
    {
        int free = Array.IndexOf(_turns, null);
        return free < 0 ? null : _turns[free] = new Turn();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            await Task.Delay(LongestTurn).ConfigureAwait(false);
            List<Func<Task>> ended = [];
            lock (_gate)
            {
                for (int index = 0; index < _turns.Length; index++)
                {
                    if (_turns[index] is { } turn && turn.Age >= LongestTurn)
                    {
                        ended.Add(turn.End());
                        Turn other = new();
                        _turns[index] = other;
                        GoOn(other);
                    }
                }

                // A commit of several that is under way must be watched as well, though nobody waits for a turn.
                if (_waiting.Count == 0 && _turns.All(turn => turn is null))
                {
                    _isWatched = false;
                    return;
                }
            }

            foreach (Func<Task> end in ended)
            {
                // Not waited for: a client may ask its server to stop, and wait for the answer.
                _ = end();
            }
        }
    }
}
