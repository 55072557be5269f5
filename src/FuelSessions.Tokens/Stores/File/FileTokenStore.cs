using FuelSessions.Drivers;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.Stores.File;

/// <summary>
/// One file a token, readable by its owner only; any number of processes of one machine may share the folder. A token is on the disk when
/// it counts as stored; if the power fails right after it, a file system that delays renames may bring back the one before it, whole.
/// </summary>
internal sealed class FileTokenStore : ITokenStore, ITokenRenewalLock, IBringDataProtection
{
    private readonly TokenFolder _folder;
    private readonly TimeProvider _clock;

    // Threads of this process queue here, so that one of them at a time asks the operating system.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lazy<IDataProtectionProvider> _protection;

    /// <exception cref="IOException">The folder can't be made, others have a hand in it, or file locks have no effect there.</exception>
    internal FileTokenStore(string folder, TimeProvider clock, bool isShared = false)
    {
        _folder = new TokenFolder(folder, isShared);
        _clock = clock;
        _protection = new Lazy<IDataProtectionProvider>(() => FolderKeys.Open(_folder));
        ExclusiveFile.RequireEffect(_folder);
    }

    public IDataProtectionProvider DataProtection => _protection.Value;

    public ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] content = Read(_folder.Token(key));
        return new(content.Length == 0 ? null : StoredTokenJson.Decode(content));
    }

    public async ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        string path = _folder.Token(key);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using FileStream held = await ExclusiveFile.OpenAsync(_folder, _folder.WriteLock, cancellationToken).ConfigureAwait(false);
            if (VersionOf(path) != version)
            {
                return false;
            }

            if (next is null)
            {
                System.IO.File.Delete(path);
            }
            else
            {
                Replace(path, StoredTokenJson.Encode(next));
            }

            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        FileStream? file = ExclusiveFile.TryOpen(_folder, _folder.RenewalLock(key));
        return Task.FromResult<IAsyncDisposable?>(file is null ? null : new Hold(file, _clock, lifetime));
    }

    // What is no token, and what others may have put there, has no version: a write replaces it.
    private long VersionOf(string path)
    {
        try
        {
            return StoredTokenJson.VersionOf(Read(path));
        }
        catch (StoredTokenFormatException)
        {
            return 0;
        }
    }

    // Nothing if there is no such file.
    private byte[] Read(string path)
    {
        if (!_folder.Contains(path))
        {
            return [];
        }

        try
        {
            using FileStream file = FileErrors.Outlast(() => new FileStream(
                path,
                new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 }));
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);

            // A file without content is a damaged one, not a missing one.
            return content.Length == 0 ? " "u8.ToArray() : content;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    // One temporary name is enough: whoever writes holds the lock. What a crash has left there goes, and the rights that it had with it.
    private void Replace(string path, byte[] content)
    {
        System.IO.File.Delete(_folder.Temporary);
        using (var file = new FileStream(_folder.Temporary, SessionFolder.OwnerOnly(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
        {
            file.Write(content);

            // Before the rename, or a power failure may leave the new name with the old disk blocks.
            file.Flush(flushToDisk: true);
        }

        FileErrors.Outlast(() =>
        {
            System.IO.File.Move(_folder.Temporary, path, overwrite: true);
            return true;
        });
    }

    // Ended by a timer too, as every renewal's lock is: a process that hangs in mid-renewal holds up nobody for longer.
    private sealed class Hold : IAsyncDisposable
    {
        private readonly FileStream _file;
        private readonly ITimer _end;

        internal Hold(FileStream file, TimeProvider clock, TimeSpan lifetime)
        {
            _file = file;
            _end = clock.CreateTimer(static state => ((FileStream)state!).Dispose(), file, lifetime, Timeout.InfiniteTimeSpan);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.DisposeAsync().ConfigureAwait(false);
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
