using System.Security.Cryptography;

namespace FuelSessions.Drivers;

/// <summary>
/// One lock a shelf, safe between threads and between processes. Within the process the waiters queue for a semaphore,
/// so at most one of them at a time asks the operating system; the lock itself is a file opened for one handle only,
/// which the system closes, and so frees, when a process dies.
/// </summary>
internal sealed class ShelfLocks
{
    private const int LongestWait = 8;

    private readonly SessionFolder _folder;
    private readonly SemaphoreSlim[] _queues;

    private volatile bool _areTried;

    /// <exception cref="IOException">File locks have no effect in that folder; or nothing can be made in it, and it has no sessions.</exception>
    /// <exception cref="UnauthorizedAccessException">The latter.</exception>
    internal ShelfLocks(SessionFolder folder)
    {
        _folder = folder;
        _queues = new SemaphoreSlim[SessionFolder.Shelves];
        for (int shelf = 0; shelf < _queues.Length; shelf++)
        {
            _queues[shelf] = new SemaphoreSlim(1, 1);
        }

        try
        {
            TryOut();
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not LocksWithoutEffectException && folder.HasShelves)
        {
            // What is there can be read, and nobody can lose a write yet: the first one tries the locks out.
            Obstacle = error;
        }
    }

    /// <summary>Why nothing could be written when the app started; null if it could.</summary>
    internal Exception? Obstacle { get; }

    internal async ValueTask<Held> AcquireAsync(int shelf, CancellationToken cancellationToken)
    {
        if (!_areTried)
        {
            TryOut();
        }

        SemaphoreSlim queue = _queues[shelf];
        await queue.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                if (TryOpen(shelf) is { } file)
                {
                    return new Held(file, queue);
                }

                // Another process has it, for about as long as a disk takes to flush. The wait is real time by
                // nature, and uneven so that two processes don't keep step.
                int milliseconds = RandomNumberGenerator.GetInt32(1, 1 + Math.Min(attempt, LongestWait));
                await Task.Delay(milliseconds, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            queue.Release();
            throw;
        }
    }

    private FileStream? TryOpen(int shelf)
    {
        string path = _folder.LockPathOf(shelf);
        try
        {
            return TryOpen(path);
        }
        catch (DirectoryNotFoundException)
        {
            _folder.CreateShelf(shelf);
            return TryOpen(path);
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, SessionFolder.OwnerOnly(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (FileErrors.IsInUse(exception))
        {
            return null;
        }
    }

    // Some network file systems ignore locks, and so does .NET if System.IO.DisableFileLocking is set. Writers would
    // then overwrite each other now and then, which nobody would ever trace back to this.
    private void TryOut()
    {
        string path = Path.Join(_folder.Root, "lock");
        using FileStream? first = TryOpen(path);
        using FileStream? second = first is null ? null : TryOpen(path);
        if (second is not null)
        {
            throw new LocksWithoutEffectException(_folder.Root);
        }

        _areTried = true;
    }

    /// <summary>A lock that is held until it is disposed, once.</summary>
    internal readonly struct Held(FileStream file, SemaphoreSlim queue) : IDisposable
    {
        public void Dispose()
        {
            // The lock file stays: deleting it would let two processes hold two files of the same name.
            file.Dispose();
            queue.Release();
        }
    }

    private sealed class LocksWithoutEffectException(string folder) : IOException(
        $"File locks have no effect in the session folder '{folder}', so parallel writes could be lost there. "
        + "Put it on a local file system, and leave System.IO.DisableFileLocking off.");
}
