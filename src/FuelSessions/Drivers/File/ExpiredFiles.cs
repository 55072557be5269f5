using System.Runtime.ExceptionServices;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>Removes the files of expired records, and temporary files that a crash left behind.</summary>
internal sealed class ExpiredFiles(SessionFolder folder, ShelfLocks locks, TimeProvider clock)
{
    private static readonly TimeSpan TemporaryLifetime = TimeSpan.FromHours(1);

    private int _firstShelf;

    /// <summary>
    /// Goes through all shelves, from the one at which the last collection reached its limit, so that live records
    /// are not looked at again and again. Files whose header can't be read are left alone, as a read leaves them.
    /// </summary>
    /// <exception cref="IOException">A shelf can't be read, or a file not be removed; all others were looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    internal async ValueTask<int> CollectAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int removed = 0;
        ExceptionDispatchInfo? failure = null;
        int first = Volatile.Read(ref _firstShelf);
        for (int step = 0; step < SessionFolder.Shelves; step++)
        {
            int shelf = (first + step) % SessionFolder.Shelves;
            try
            {
                foreach (string path in folder.FilesOn(shelf))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    try
                    {
                        removed += await CollectAsync(path, shelf, cancellationToken).ConfigureAwait(false);
                    }
                    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                    {
                        failure ??= ExceptionDispatchInfo.Capture(error);
                    }

                    if (removed == limit)
                    {
                        Volatile.Write(ref _firstShelf, shelf);
                        return removed;
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What another account has left behind, for instance.
                failure ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        failure?.Throw();
        return removed;
    }

    private async ValueTask<int> CollectAsync(string path, int shelf, CancellationToken cancellationToken)
    {
        if (folder.TryGetKey(path, out SessionKey key))
        {
            return IsExpired(path, key) && await RemoveAsync(path, key, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (SessionFolder.IsTemporary(path))
        {
            await RemoveAbandonedAsync(path, shelf, cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private async ValueTask<bool> RemoveAsync(string path, SessionKey key, CancellationToken cancellationToken)
    {
        using ShelfLocks.Held held = await locks.AcquireAsync(SessionFolder.ShelfOf(key), cancellationToken).ConfigureAwait(false);

        // Again, now that no writer can interfere: a new record may have taken the place of the expired one.
        bool expired = IsExpired(path, key);
        if (expired)
        {
            FileErrors.Outlast(() => File.Delete(path));
        }

        return expired;
    }

    private bool IsExpired(string path, SessionKey key)
    {
        try
        {
            return folder.Contains(path) && SessionFile.ReadExpires(path, key) <= clock.GetUtcNow();
        }
        catch (Exception exception) when (exception is SessionRecordFormatException or UnauthorizedAccessException)
        {
            // Nobody knows when it ends; and one such file must not keep all the others from being collected.
            return false;
        }
    }

    private async ValueTask RemoveAbandonedAsync(string path, int shelf, CancellationToken cancellationToken)
    {
        // A file that is gone by now has a time long ago, and deleting it again does nothing.
        if (File.GetLastWriteTimeUtc(path) < clock.GetUtcNow() - TemporaryLifetime)
        {
            // Whoever writes holds the lock: whatever two clocks make of its age, this file is nobody's then.
            using ShelfLocks.Held held = await locks.AcquireAsync(shelf, cancellationToken).ConfigureAwait(false);
            FileErrors.Outlast(() => File.Delete(path));
        }
    }
}
