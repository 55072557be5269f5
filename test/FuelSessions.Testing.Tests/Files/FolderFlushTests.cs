using System.Collections.Concurrent;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>[FlushFolder] What is acknowledged is on the disk, the names as well; those who meet share a flush.</summary>
public sealed class FolderFlushTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _flushed = [];
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private readonly FileSessionDriver _driver;

    public FolderFlushTests() => _driver = new FileSessionDriver(_folder.Path, _clock, flush: folder =>
    {
        _flushed.Enqueue(folder);
        _gate.Wait();
        FolderOnDisk.Flush(folder);
    });

    public void Dispose()
    {
        _gate.Set();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_write_and_a_removal_flush_the_shelf_and_a_new_one_its_folder()
    {
        SessionRecord record = SampleRecords.Bare(_clock.GetUtcNow());
        string shelf = Path.GetDirectoryName(_folder.FileOf(record.Key))!;
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        Assert.Equal([_folder.Path, shelf], _flushed);
        Assert.True((await _driver.WriteAsync(record with { Version = 2 }, None)).IsWritten);
        Assert.True((await _driver.DeleteAsync(record.Key, 2, None)).IsWritten);
        Assert.Equal([_folder.Path, shelf, shelf, shelf], _flushed);
    }

    [Fact]
    public async Task A_session_is_not_there_before_it_can_be_found_by_its_principal()
    {
        SessionRecord record = SampleRecords.Bare(_clock.GetUtcNow()) with { Principal = "Ada" };
        string index = Path.Join(_folder.Path, "by-principal");
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        string ada = Assert.Single(Directory.GetDirectories(index));
        Assert.Equal([ada, index, _folder.Path], _flushed.Take(3));

        // What is there is on the disk already, and an entry too many is no harm.
        _flushed.Clear();
        Assert.True((await _driver.WriteAsync(record with { Version = 2 }, None)).IsWritten);
        Assert.True((await _driver.WriteAsync(record with { Version = 3, Principal = null }, None)).IsWritten);
        Assert.All(_flushed, folder => Assert.Equal(Path.GetDirectoryName(_folder.FileOf(record.Key)), folder));
    }

    [Fact]
    public async Task What_changes_no_name_flushes_nothing()
    {
        SessionRecord record = SampleRecords.Bare(_clock.GetUtcNow());
        await _driver.WriteAsync(record, None);
        _flushed.Clear();
        Assert.True((await _driver.TouchAsync(record.Key, 1, record.Expires.AddHours(1), None)).IsWritten);
        Assert.NotNull((await _driver.WriteAsync(record, None)).Winner);
        Assert.NotNull((await _driver.DeleteAsync(record.Key, 5, None)).Winner);
        Assert.True((await _driver.DeleteAsync(SessionKey.Create(), 1, None)).IsGone);
        Assert.Empty(_flushed);
    }

    [Fact]
    public async Task Nobody_is_answered_before_it_and_those_who_meet_share_one()
    {
        SessionRecord[] records = [.. Enumerable.Range(0, 6).Select(number => OnOneShelf(number))];
        await _driver.WriteAsync(OnOneShelf(100), None);
        _flushed.Clear();
        _gate.Reset();
        Task<WriteResult> first = Task.Run(() => _driver.WriteAsync(records[0], None).AsTask());
        Assert.True(SpinWait.SpinUntil(() => _flushed.Count == 1, Longest));

        // Each has done its part, and waits for the flush alone.
        Task<WriteResult>[] others = [.. records[1..].Select(record => _driver.WriteAsync(record, None).AsTask())];
        Assert.All(records, record => Assert.NotNull(_driver.Read(record.Key, None)));
        Assert.False(first.IsCompleted);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        _gate.Set();
        Assert.All(await Task.WhenAll([first, .. others]).WaitAsync(Longest), result => Assert.True(result.IsWritten));
        Assert.Equal(2, _flushed.Count);
    }

    [Fact]
    public async Task Who_can_not_wait_for_it_is_told_so()
    {
        using var cancellation = new CancellationTokenSource();
        await _driver.WriteAsync(OnOneShelf(100), None);
        _gate.Reset();
        Task<WriteResult> first = Task.Run(() => _driver.WriteAsync(OnOneShelf(1), None).AsTask());
        Assert.True(SpinWait.SpinUntil(() => _flushed.Count == 3, Longest));
        Task<WriteResult> second = _driver.WriteAsync(OnOneShelf(2), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _gate.Set();
        Assert.True((await first).IsWritten);
    }

    [Fact]
    public async Task One_that_fails_is_no_success()
    {
        var driver = new FileSessionDriver(_folder.Path, _clock, flush: folder => FolderOnDisk.Flush(Path.Join(folder, "missing")));
        if (!OperatingSystem.IsWindows())
        {
            IOException error = await Assert.ThrowsAsync<IOException>(async () => await driver.WriteAsync(OnOneShelf(1), None));
            Assert.Contains("can't be flushed", error.Message, StringComparison.Ordinal);
        }
    }

    private SessionRecord OnOneShelf(int number) =>
        SampleRecords.Bare(_clock.GetUtcNow()) with { Key = SessionKey.TryParseHex($"{7:x2}{number:x30}", out SessionKey key) ? key : default };
}
