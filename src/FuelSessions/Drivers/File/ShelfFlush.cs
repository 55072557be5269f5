namespace FuelSessions.Drivers;

/// <summary>
/// Has what was renamed or removed on a shelf outlast a failure of the power, by flushing the folder. Those who ask while a flush is running share
/// the next one.
/// </summary>
/// <param name="folder">The folder of all shelves.</param>
/// <param name="flush">Flushes one folder.</param>
internal sealed class ShelfFlush(SessionFolder folder, Action<string> flush)
{
    private readonly Shelf[] _shelves = [.. Enumerable.Range(0, SessionFolder.Shelves).Select(_ => new Shelf())];

    /// <summary>Completes when everything is on the disk that was done on the shelf before.</summary>
    internal async ValueTask FlushAsync(int number, CancellationToken cancellationToken)
    {
        Shelf shelf = _shelves[number];
        long mine = Interlocked.Increment(ref shelf.Asked);
        await shelf.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (shelf.Flushed >= mine)
            {
                return;
            }

            long asked = Volatile.Read(ref shelf.Asked);
            if (shelf.Flushed == 0)
            {
                // It may have been made just now.
                flush(folder.Root);
            }

            flush(folder.ShelfPath(number));
            shelf.Flushed = asked;
        }
        finally
        {
            shelf.Turn.Release();
        }
    }

    private sealed class Shelf
    {
        internal long Asked;
        internal long Flushed;

        internal SemaphoreSlim Turn { get; } = new(1, 1);
    }
}
