using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Lets the commits of one session within this process follow each other instead of colliding in the store [W2]. Held
/// only for the moment of a commit; whoever leaves hands on what it has stored.
/// </summary>
/// <param name="waking">How the next in line goes on: on a thread of its own, so that it does not run inside the request that leaves.</param>
internal sealed class CommitQueue(TaskCreationOptions waking = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly Dictionary<SessionKey, Line>[] _shards = [.. Enumerable.Range(0, 16).Select(_ => new Dictionary<SessionKey, Line>())];

    internal ValueTask<Turn> EnterAsync(SessionKey key, CancellationToken cancellationToken)
    {
        Dictionary<SessionKey, Line> shard = ShardOf(key);
        TaskCompletionSource waiter;
        Line? line;
        lock (shard)
        {
            if (!shard.TryGetValue(key, out line))
            {
                line = new Line();
                shard.Add(key, line);
                return new(new Turn(this, key, line));
            }

            waiter = new TaskCompletionSource(waking);
            line.Join(waiter);
        }

        return WaitAsync(waiter, new Turn(this, key, line), cancellationToken);
    }

    private static async ValueTask<Turn> WaitAsync(TaskCompletionSource waiter, Turn turn, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetCanceled(), waiter))
        {
            await waiter.Task.ConfigureAwait(false);
        }

        return turn;
    }

    private void Leave(SessionKey key, Line line)
    {
        Dictionary<SessionKey, Line> shard = ShardOf(key);
        lock (shard)
        {
            // A waiter that gave up can't be woken; the next one is.
            while (line.Next() is { } next)
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            shard.Remove(key);
        }
    }

    private Dictionary<SessionKey, Line> ShardOf(SessionKey key) => _shards[key.GetHashCode() & (_shards.Length - 1)];

    internal sealed class Line
    {
        private Queue<TaskCompletionSource>? _waiting;

        internal SessionRecord? Latest { get; set; }

        internal void Join(TaskCompletionSource waiter) => (_waiting ??= new Queue<TaskCompletionSource>()).Enqueue(waiter);

        internal TaskCompletionSource? Next() => _waiting is not null && _waiting.TryDequeue(out TaskCompletionSource? next) ? next : null;
    }

    internal readonly struct Turn(CommitQueue queue, SessionKey key, Line line) : IDisposable
    {
        /// <summary>What the one before in the line has stored; null if there was none.</summary>
        internal SessionRecord? Latest
        {
            get => line.Latest;
            set => line.Latest = value;
        }

        public void Dispose() => queue.Leave(key, line);
    }
}
