using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tool.Stores;

/// <summary>The folder of the file driver.</summary>
internal sealed class FileSessions : IStoredSessions
{
    internal const string Kind = "file";

    private readonly SessionFolder _folder;
    private readonly FileSessionDriver _driver;

    private FileSessions(string path)
    {
        // Whoever runs the tool need not be the app's user: rights are told by doctor, and are no reason to see nothing.
        _folder = new SessionFolder(path, isShared: true);
        _driver = new FileSessionDriver(path, TimeProvider.System, isShared: true);
    }

    internal static FileSessions Open(string path) => Directory.Exists(path)
        ? new FileSessions(path)
        : throw new ToolException(ExitCode.NotFound, $"There is no folder '{Path.GetFullPath(path)}'.");

    public async IAsyncEnumerable<StoredEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (string path in Enumerable.Range(0, SessionFolder.Shelves).SelectMany(_folder.FilesOn))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_folder.TryGetKey(path, out SessionKey key) && Read(path, key) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public async IAsyncEnumerable<StoredEntry> ReadCandidatesAsync(string principal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SessionRecord found in await _driver.FindByPrincipalAsync(principal, cancellationToken))
        {
            if (Read(_folder.PathOf(found.Key), found.Key) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public async Task<bool> RemoveAsync(SessionRecord record, CancellationToken cancellationToken) =>
        (await _driver.DeleteAsync(record.Key, record.Version, cancellationToken)).Winner is null;

    public async Task<long?> CollectAsync(DateTimeOffset now, Action<long> progress, CancellationToken cancellationToken)
    {
        const int Batch = 500;
        long removed = 0;
        int last;
        do
        {
            last = await _driver.CollectExpiredAsync(Batch, cancellationToken);
            removed += last;
            progress(removed);
        }
        while (last == Batch);
        return removed;
    }

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return FileRights.Found(_folder.Root);
        yield return await Probing.FoundAsync(Kind, _driver);
    }

    public ValueTask DisposeAsync()
    {
        _driver.Dispose();
        return ValueTask.CompletedTask;
    }

    // Null: it was removed meanwhile.
    private static StoredEntry? Read(string path, SessionKey key)
    {
        SessionRecord? record = null;
        try
        {
            record = SessionFile.Read(path, key, DateTimeOffset.MinValue);
            if (record is null)
            {
                return null;
            }
        }
        catch (SessionRecordFormatException)
        {
            // It is told of as one that can't be read.
        }

        var file = new FileInfo(path);
        return file.Exists ? new StoredEntry(key, record?.Expires ?? DateTimeOffset.MaxValue, (int)file.Length, record) : null;
    }
}
