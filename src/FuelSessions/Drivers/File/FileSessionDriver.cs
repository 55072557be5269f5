using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Drivers;

/// <summary>
/// Keeps each record in a file of its own, readable by its owner only. Any number of processes of one machine may
/// share the folder. A write is on the disk when it is acknowledged; if the power fails right after it, a file system
/// that delays renames may bring back the version before it, whole, unless folders are flushed too.
/// </summary>
/// <remarks>
/// Only waiting for a lock is asynchronous. Opening, renaming and flushing a file have no asynchronous form, and
/// reading it asynchronously is, on Unix, the same call on another thread.
/// </remarks>
internal sealed class FileSessionDriver : ISessionDriver, ICollectExpired, IFindByPrincipal, IKeepDataProtectionKeys, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly SessionFolder _folder;
    private readonly ShelfLocks _locks;
    private readonly ExpiredFiles _expired;
    private readonly PrincipalFiles _principals;
    private readonly Lazy<IXmlRepository> _keys;
    private readonly bool _temporary;
    private readonly ShelfFlush? _flush;

    /// <param name="folder">Made, for its owner only, if it is missing. A relative path starts at the working directory.</param>
    /// <param name="clock">Decides what is expired.</param>
    /// <param name="loggers">For the framework's key repository.</param>
    /// <param name="temporary">Whether the folder and what is in it ends with the driver.</param>
    /// <param name="isShared">Whether others than this account may own, read or write what is in it.</param>
    /// <param name="flush">Flushes a folder; null: they are left to the file system.</param>
    /// <exception cref="IOException">The folder can't be made, others have a hand in it, file locks have no effect there, or it has no sessions and can't be written to.</exception>
    internal FileSessionDriver(string folder, TimeProvider clock, ILoggerFactory? loggers = null, bool temporary = false, bool isShared = false, Action<string>? flush = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _temporary = temporary;
        _folder = new SessionFolder(folder, isShared);
        _locks = new ShelfLocks(_folder);
        _principals = new PrincipalFiles(_folder, _locks, flush);
        _expired = new ExpiredFiles(_folder, _locks, clock);
        _flush = flush is null ? null : new ShelfFlush(_folder, flush);

        // What failed is tried again: a full disk is given room without a restart.
        _keys = new Lazy<IXmlRepository>(() => new OwnKeyFiles(_folder, loggers ?? NullLoggerFactory.Instance), LazyThreadSafetyMode.PublicationOnly);
    }

    internal string Folder => _folder.Root;

    /// <summary>Why nothing could be written when the app started, though there may be sessions to read; null if it could.</summary>
    internal Exception? Obstacle => _locks.Obstacle;

    public IXmlRepository DataProtectionKeys => _keys.Value;

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Stored(_folder.PathOf(key), key);
    }

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SessionRecord?>(cancellationToken);
        }

        try
        {
            return ValueTask.FromResult(Read(key, CancellationToken.None));
        }
        catch (Exception exception)
        {
            // Into the task: who reads several sessions at once starts all of them before it looks at one.
            return ValueTask.FromException<SessionRecord?>(exception);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SessionRecordFormatException">What is stored under that key is damaged; it stays as it is.</exception>
    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);

        string path = _folder.PathOf(record.Key);
        using (ShelfLocks.Held held = await LockAsync(record.Key, cancellationToken).ConfigureAwait(false))
        {
            SessionRecord? stored = FileErrors.Beforehand(() => Stored(path, record.Key));
            if (stored is not null)
            {
                if (record.Version != stored.Version + 1)
                {
                    return WriteResult.Lost(stored);
                }
            }
            else if (record.Version != 1)
            {
                return WriteResult.Gone;
            }

            Put(path, record, stored?.Principal);
        }

        return await WrittenAsync(record.Key, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        List<SessionRecord> found = [];
        foreach (SessionKey key in _principals.KeysOf(principal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsOf(principal, key, found))
            {
                // Again, now that nobody can be about to write it.
                using ShelfLocks.Held held = await LockAsync(key, cancellationToken).ConfigureAwait(false);
                if (!IsOf(principal, key, found))
                {
                    _principals.Remove(principal, key);
                }
            }
        }

        return found;
    }

    // Whether the key is that principal's; it is found if it can be read.
    private bool IsOf(string principal, SessionKey key, List<SessionRecord> found)
    {
        try
        {
            SessionRecord? record = Stored(_folder.PathOf(key), key);
            bool isIts = string.Equals(record?.Principal, principal, StringComparison.Ordinal);
            if (isIts)
            {
                found.Add(record!);
            }

            return isIts;
        }
        catch (SessionRecordFormatException)
        {
            return true;
        }
    }

    public async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = _folder.PathOf(key);
        if (!FileErrors.Beforehand(() => _folder.Contains(path)))
        {
            return WriteResult.Gone;
        }

        using ShelfLocks.Held held = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        if (FileErrors.Beforehand(() => Stored(path, key)) is not { } stored)
        {
            return WriteResult.Gone;
        }

        if (stored.Version != version)
        {
            return WriteResult.Lost(stored);
        }

        if (expires > stored.Expires)
        {
            SessionFile.Touch(path, key, expires);
        }

        return WriteResult.Written;
    }

    public async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = _folder.PathOf(key);
        if (!FileErrors.Beforehand(() => _folder.Contains(path)))
        {
            return WriteResult.Gone;
        }

        using (ShelfLocks.Held held = await LockAsync(key, cancellationToken).ConfigureAwait(false))
        {
            string? principal = null;
            try
            {
                if (FileErrors.Beforehand(() => Stored(path, key)) is not { } stored)
                {
                    return WriteResult.Gone;
                }

                if (stored.Version != version)
                {
                    return WriteResult.Lost(stored);
                }

                principal = stored.Principal;
            }
            catch (SessionRecordFormatException)
            {
                // Damaged since it was read: it opens nothing any more, and whoever signs out must not fail for that.
            }

            FileErrors.Outlast(() => File.Delete(path));
            if (principal is not null)
            {
                _principals.Remove(principal, key);
            }
        }

        return await WrittenAsync(key, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        int removed = await _expired.CollectAsync(limit, cancellationToken).ConfigureAwait(false);
        if (removed < limit)
        {
            await _principals.SweepAsync(cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    public void Dispose()
    {
        if (_temporary)
        {
            try
            {
                Directory.Delete(_folder.Root, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The app ends, and what is left is in the folder for what may be removed.
            }
        }
    }

    // After the lock is free: who comes next reads what is there, and shares the flush.
    private async ValueTask<WriteResult> WrittenAsync(SessionKey key, CancellationToken cancellationToken)
    {
        if (_flush is not null)
        {
            await _flush.FlushAsync(SessionFolder.ShelfOf(key), cancellationToken).ConfigureAwait(false);
        }

        return WriteResult.Written;
    }

    // The lock is held. The index before the record, so that a crash leaves an entry too many and none too few.
    private void Put(string path, SessionRecord record, string? formerly)
    {
        bool isAnothers = !string.Equals(formerly, record.Principal, StringComparison.Ordinal);
        if (isAnothers && record.Principal is { } principal)
        {
            FileErrors.Beforehand(() => _principals.Add(principal, record.Key));
        }

        SessionFile.Replace(path, record);
        if (isAnothers && formerly is not null)
        {
            _principals.Remove(formerly, record.Key);
        }
    }

    private SessionRecord? Stored(string path, SessionKey key) =>
        _folder.Contains(path) ? SessionFile.Read(path, key, _clock.GetUtcNow()) : null;

    private ValueTask<ShelfLocks.Held> LockAsync(SessionKey key, CancellationToken cancellationToken) =>
        FileErrors.BeforehandAsync(_locks.AcquireAsync(SessionFolder.ShelfOf(key), cancellationToken));
}
