using System.Runtime.InteropServices;
using FuelSessions.Records;
using Line = System.Collections.Generic.Queue<System.Threading.Tasks.TaskCompletionSource<FuelSessions.Records.SessionRecord?>>;

namespace FuelSessions.Engine;

/// <summary>
/// Lets the commits of one session within this process follow each other instead of colliding in the store [W2]. Held
/// only for the moment of a commit; whoever leaves hands on what it has stored.
/// </summary>
/// <param name="waking">How the next in line goes on: on a thread of its own, so that it does not run inside the request that leaves.</param>
internal sealed class CommitQueue(TaskCreationOptions waking = TaskCreationOptions.RunContinuationsAsynchronously)
{
    // Behind most commits nobody waits: no line is made for it.
    private readonly Dictionary<SessionKey, Line?>[] _shards = [.. Enumerable.Range(0, 16).Select(_ => new Dictionary<SessionKey, Line?>())];

    internal ValueTask<Turn> EnterAsync(SessionKey key, CancellationToken cancellationToken)
    {
        Dictionary<SessionKey, Line?> shard = ShardOf(key);
        TaskCompletionSource<SessionRecord?> waiter;
        lock (shard)
        {
            ref Line? line = ref CollectionsMarshal.GetValueRefOrAddDefault(shard, key, out bool isTaken);
            if (!isTaken)
            {
                return new(new Turn(this, key, null));
            }

            waiter = new TaskCompletionSource<SessionRecord?>(waking);
            (line ??= new()).Enqueue(waiter);
        }

        return WaitAsync(key, waiter, cancellationToken);
    }

    private async ValueTask<Turn> WaitAsync(SessionKey key, TaskCompletionSource<SessionRecord?> waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource<SessionRecord?>)state!).TrySetCanceled(), waiter))
        {
            return new Turn(this, key, await waiter.Task.ConfigureAwait(false));
        }
    }

    private void Leave(SessionKey key, SessionRecord? latest)
    {
        Dictionary<SessionKey, Line?> shard = ShardOf(key);
        lock (shard)
        {
            // A waiter that gave up can't be woken; the next one is.
            while (shard[key] is { } line && line.TryDequeue(out TaskCompletionSource<SessionRecord?>? next))
            {
                if (next.TrySetResult(latest))
                {
                    return;
                }
            }

            shard.Remove(key);
        }
    }

    private Dictionary<SessionKey, Line?> ShardOf(SessionKey key) => _shards[key.GetHashCode() & (_shards.Length - 1)];

    /// <param name="latest">What the one before in the line has stored; null if there was none.</param>
    internal readonly struct Turn(CommitQueue queue, SessionKey key, SessionRecord? latest)
    {
        internal SessionRecord? Latest => latest;

        /// <param name="stored">What is stored by now; null if that is not known.</param>
        internal void Leave(SessionRecord? stored) => queue.Leave(key, stored ?? latest);
    }
}
