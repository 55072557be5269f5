using System.Runtime.Versioning;
using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing.Tests.Files;

public sealed class FileDriverTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly TemporaryFolder _folder = new();
    private readonly FileSessionDriver _driver;

    public FileDriverTests() => _driver = new FileSessionDriver(_folder.Path, _clock);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_fails_before_a_file_is_changed_leaves_no_doubt()
    {
        SessionRecord record = SampleRecords.Bare(_clock.GetUtcNow());
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        File.WriteAllText(Path.Join(_folder.Path, "by-principal"), "in the way");
        await AssertNotStoredAsync(() => _driver.WriteAsync(record with { Version = 2, Principal = "Ada" }, None));
        File.Delete(_folder.LockOf(record.Key));
        Directory.CreateDirectory(_folder.LockOf(record.Key));
        await AssertNotStoredAsync(() => _driver.WriteAsync(record with { Version = 2 }, None));
        await AssertNotStoredAsync(() => _driver.TouchAsync(record.Key, 1, record.Expires.AddHours(1), None));
        await AssertNotStoredAsync(() => _driver.DeleteAsync(record.Key, 1, None));
        Assert.Equal(record.Expires, _driver.Read(record.Key, None)!.Expires);

        static async Task AssertNotStoredAsync(Func<ValueTask<WriteResult>> write) =>
            Assert.False((await Assert.ThrowsAsync<SessionStoreException>(async () => await write())).IsOutcomeUnknown);
    }

    [Fact]
    public void A_key_ring_that_could_not_be_opened_is_tried_again()
    {
        string inTheWay = Path.Join(_folder.Path, "keys");
        File.WriteAllText(inTheWay, "in the way");
        Assert.ThrowsAny<IOException>(() => _driver.DataProtectionKeys);
        File.Delete(inTheWay);
        Assert.Empty(_driver.DataProtectionKeys.GetAllElements());
    }

    /// <summary>What another account has left behind, for instance.</summary>
    [Fact]
    public async Task A_shelf_where_nothing_can_be_removed_keeps_nothing_else_from_being_collected()
    {
        SessionRecord[] records = [await StoredAsync(), await StoredAsync(), await StoredAsync(), await StoredAsync()];
        SessionRecord[] inOrder = [.. records.OrderBy(record => record.Key.ToHex(), StringComparer.Ordinal)];
        string obstacle = _folder.LockOf(inOrder[0].Key);
        File.Delete(obstacle);
        Directory.CreateDirectory(obstacle);
        _clock.Advance(TimeSpan.FromDays(2));
        await Assert.ThrowsAnyAsync<UnauthorizedAccessException>(async () => await _driver.CollectExpiredAsync(10, None));
        Assert.Equal(
            inOrder.Where(record => _folder.LockOf(record.Key) == obstacle).Select(record => _folder.FileOf(record.Key)),
            inOrder.Select(record => _folder.FileOf(record.Key)).Where(File.Exists));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Folders_and_files_are_their_owners_only()
    {
        SessionRecord record = await StoredAsync();
        await _driver.WriteAsync(record with { Version = 2 }, None);
        await _driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), None);
        _driver.DataProtectionKeys.StoreElement(new XElement("key"), "key-1");

        const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string[] folders = [_folder.Path, .. Directory.GetDirectories(_folder.Path, "*", SearchOption.AllDirectories)];
        string[] files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(_folder.FileOf(record.Key), files);

        // The framework writes the key ring, with rights of its own: what protects it is its folder.
        Assert.Contains(Path.Join(_folder.Path, "keys"), folders);
        Assert.All(folders, path => Assert.Equal(ReadWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path)));
        Assert.All(files.Where(path => !path.EndsWith(".xml", StringComparison.Ordinal)), path => Assert.Equal(ReadWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task A_touch_writes_the_header_and_nothing_else()
    {
        SessionRecord record = await StoredAsync();
        byte[] before = File.ReadAllBytes(_folder.FileOf(record.Key));
        Assert.True((await _driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), None)).IsWritten);
        byte[] after = File.ReadAllBytes(_folder.FileOf(record.Key));
        Assert.Equal(before[FileHeader.Size..], after[FileHeader.Size..]);
        Assert.NotEqual(before[..FileHeader.Size], after[..FileHeader.Size]);
    }

    [Fact]
    public async Task A_record_survives_a_restart()
    {
        SessionRecord record = await StoredAsync();
        RecordAssert.Same(record, new FileSessionDriver(_folder.Path, _clock).Read(record.Key, None), TimeSpan.Zero);
    }

    [Fact]
    public async Task A_file_cut_short_anywhere_is_refused_and_kept()
    {
        SessionRecord record = await StoredAsync();
        byte[] whole = File.ReadAllBytes(_folder.FileOf(record.Key));
        for (int length = 0; length < whole.Length; length++)
        {
            await AssertRefusedAsync(record, whole[..length]);
        }
    }

    [Fact]
    public async Task A_file_with_a_changed_byte_is_refused_and_kept()
    {
        SessionRecord record = await StoredAsync();
        byte[] bytes = File.ReadAllBytes(_folder.FileOf(record.Key));
        for (int position = 0; position < bytes.Length; position++)
        {
            foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
            {
                bytes[position] ^= change;
                await AssertRefusedAsync(record, bytes);
                bytes[position] ^= change;
            }
        }
    }

    [Fact]
    public async Task A_file_of_zeros_or_with_more_behind_it_is_refused_and_kept()
    {
        SessionRecord record = await StoredAsync();
        byte[] bytes = File.ReadAllBytes(_folder.FileOf(record.Key));
        await AssertRefusedAsync(record, new byte[bytes.Length]);
        await AssertRefusedAsync(record, [.. bytes, 0]);
        await AssertRefusedAsync(record, [.. bytes, .. bytes]);
    }

    [Fact]
    public async Task A_file_copied_under_another_key_is_refused()
    {
        SessionRecord record = await StoredAsync();
        SessionRecord other = await StoredAsync();
        await AssertRefusedAsync(other, File.ReadAllBytes(_folder.FileOf(record.Key)));
    }

    [Fact]
    public async Task A_damaged_record_can_be_deleted_and_ends_with_its_header()
    {
        SessionRecord deleted = await StoredAsync();
        File.WriteAllBytes(_folder.FileOf(deleted.Key), [1, 2, 3]);
        await _driver.DeleteAsync(deleted.Key, deleted.Version, None);
        Assert.Null(_driver.Read(deleted.Key, None));

        SessionRecord expired = await StoredAsync();
        byte[] bytes = File.ReadAllBytes(_folder.FileOf(expired.Key));
        bytes[^1] ^= 1;
        File.WriteAllBytes(_folder.FileOf(expired.Key), bytes);
        _clock.Advance(SampleRecords.Lifetime);
        Assert.Null(_driver.Read(expired.Key, None));
        Assert.Equal(1, await _driver.CollectExpiredAsync(10, None));
    }

    [Fact]
    public async Task Foreign_names_in_the_folder_are_ignored_and_kept()
    {
        SessionRecord live = await StoredAsync();
        string shelf = _folder.ShelfOf(live.Key);
        string hex = live.Key.ToHex();
        string[] foreign =
        [
            Path.Join(_folder.Path, "readme.txt"),
            Path.Join(_folder.Path, hex),
            Path.Join(shelf, "readme.txt"),
            Path.Join(shelf, ".hidden"),
            Path.Join(shelf, "tmp.tmp"),
            Path.Join(shelf, hex + "0"),
            Path.Join(shelf, hex[..^1]),
            Path.Join(shelf, new string('g', 32)),
            Path.Join(shelf, "Ä" + hex[1..]),
            Path.Join(shelf, hex[..2] + new string('A', 30)),
            Path.Join(shelf, (hex.StartsWith("00", StringComparison.Ordinal) ? "11" : "00") + hex[2..]),
            Path.Join(shelf, " " + hex + ".00000000.tmp"),
            Path.Join(shelf, new string('g', 32) + ".00000000.tmp"),
        ];
        foreach (string path in foreign)
        {
            File.WriteAllBytes(path, new byte[100]);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        }

        Directory.CreateDirectory(Path.Join(_folder.Path, "zz"));
        Directory.CreateDirectory(Path.Join(shelf, SessionKey.Create().ToHex()));

        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, await _driver.CollectExpiredAsync(100, None));
        Assert.NotNull(_driver.Read(live.Key, None));
        Assert.All(foreign, path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public async Task Abandoned_temporary_files_are_collected_after_an_hour()
    {
        SessionRecord record = await StoredAsync();
        string old = _folder.FileOf(record.Key) + ".0123abcd.tmp";
        string recent = _folder.FileOf(record.Key) + ".4567cdef.tmp";
        File.WriteAllText(old, "half a rec");
        File.WriteAllText(recent, "half a rec");
        File.SetLastWriteTimeUtc(old, _clock.GetUtcNow().AddMinutes(-61).UtcDateTime);
        File.SetLastWriteTimeUtc(recent, _clock.GetUtcNow().AddMinutes(-59).UtcDateTime);

        Assert.Equal(0, await _driver.CollectExpiredAsync(100, None));
        Assert.Equal([recent], _folder.TemporaryFiles());
        Assert.NotNull(_driver.Read(record.Key, None));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_record_and_no_temporary_file()
    {
        // A folder in the place of the record: the rename fails as late as a write can.
        SessionRecord record = SampleRecords.Full(_clock.GetUtcNow());
        Directory.CreateDirectory(Path.Join(_folder.FileOf(record.Key), "inside"));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () => await _driver.WriteAsync(record, None));
        Assert.Empty(_folder.TemporaryFiles());

        // The file's name is the session's key, and errors are logged.
        Assert.DoesNotContain(record.Key.ToHex(), error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(record.Key.Fingerprint, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Whoever asks for a file that is gone goes by the kind of the error.</summary>
    [Fact]
    public void What_is_missing_is_not_named_either()
    {
        SessionRecord record = SampleRecords.Full(_clock.GetUtcNow());
        Directory.CreateDirectory(Path.Join(_folder.Path, "there"));
        Exception[] errors =
        [
            Assert.Throws<FileNotFoundException>(() => FileErrors.Outlast(() => File.ReadAllBytes(Path.Join(_folder.Path, "there", record.Key.ToHex())))),
            Assert.Throws<DirectoryNotFoundException>(() => FileErrors.Outlast(() => File.ReadAllBytes(Path.Join(_folder.Path, "gone", record.Key.ToHex())))),
        ];
        Assert.All(errors, error =>
        {
            Assert.DoesNotContain(record.Key.ToHex(), error.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Contains(record.Key.Fingerprint, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_folder_that_was_removed_is_made_anew()
    {
        SessionRecord record = await StoredAsync();
        Directory.Delete(_folder.Path, recursive: true);
        Assert.Null(_driver.Read(record.Key, None));
        Assert.True((await _driver.TouchAsync(record.Key, record.Version, record.Expires, None)).IsGone);
        await _driver.DeleteAsync(record.Key, record.Version, None);
        Assert.Equal(0, await _driver.CollectExpiredAsync(10, None));
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
    }

    [Fact]
    public async Task Who_waits_for_a_lock_goes_on_when_it_is_free()
    {
        SessionRecord record = await StoredAsync();
        Task<WriteResult> write;
        using (Hold(record.Key))
        {
            write = _driver.WriteAsync(record with { Version = 2 }, None).AsTask();
            Assert.False(write.IsCompleted);
            Assert.Equal(1, _driver.Read(record.Key, None)?.Version);
        }

        Assert.True((await write.WaitAsync(Longest)).IsWritten);
    }

    [Fact]
    public async Task Who_waits_for_a_lock_can_be_cancelled()
    {
        SessionRecord record = await StoredAsync();
        using (Hold(record.Key))
        {
            using var source = new CancellationTokenSource();
            Task[] waiting =
            [
                _driver.WriteAsync(record with { Version = 2 }, source.Token).AsTask(),
                _driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), source.Token).AsTask(),
                _driver.DeleteAsync(record.Key, record.Version, source.Token).AsTask(),
            ];
            await source.CancelAsync();
            foreach (Task task in waiting)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Longest));
            }
        }

        RecordAssert.Same(record, _driver.Read(record.Key, None), TimeSpan.Zero);
        Assert.True((await _driver.WriteAsync(record with { Version = 2 }, None)).IsWritten);
    }

    [Fact]
    public async Task A_new_record_in_the_place_of_an_expired_one_is_not_collected()
    {
        SessionRecord record = await StoredAsync();
        _clock.Advance(SampleRecords.Lifetime);
        SessionRecord next = record with { Expires = _clock.GetUtcNow().AddHours(1) };
        ValueTask<int> collection;
        using (Hold(record.Key))
        {
            collection = _driver.CollectExpiredAsync(10, None);
            Assert.False(collection.IsCompleted);
            SessionFile.Replace(_folder.FileOf(record.Key), next);
        }

        Assert.Equal(0, await collection.AsTask().WaitAsync(Longest));
        RecordAssert.Same(next, _driver.Read(record.Key, None), TimeSpan.Zero);
    }

    [Fact]
    public async Task Two_collections_and_a_deletion_at_once_get_along()
    {
        for (int number = 0; number < 200; number++)
        {
            await StoredAsync();
        }

        SessionRecord[] deleted = [.. await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => StoredAsync()))];
        _clock.Advance(SampleRecords.Lifetime);
        var other = new FileSessionDriver(_folder.Path, _clock);
        Task<int> first = Task.Run(() => _driver.CollectExpiredAsync(1000, None).AsTask());
        Task<int> second = Task.Run(() => other.CollectExpiredAsync(1000, None).AsTask());
        foreach (SessionRecord record in deleted)
        {
            await _driver.DeleteAsync(record.Key, record.Version, None);
        }

        Assert.InRange(await first + await second, 200, 250);
        Assert.Equal(0, await _driver.CollectExpiredAsync(1000, None));
    }

    [Fact]
    public void The_key_ring_is_kept_beside_the_sessions()
    {
        _driver.DataProtectionKeys.StoreElement(new XElement("key", "1"), "key-1");
        XElement element = Assert.Single(new FileSessionDriver(_folder.Path, _clock).DataProtectionKeys.GetAllElements());
        Assert.Equal("1", element.Value);
        Assert.True(File.Exists(Path.Join(_folder.Path, "keys", "key-1.xml")));
    }

    private async Task AssertRefusedAsync(SessionRecord record, byte[] bytes)
    {
        string path = _folder.FileOf(record.Key);
        File.WriteAllBytes(path, bytes);
        Assert.Throws<SessionRecordFormatException>(() => _driver.Read(record.Key, None));
        await Assert.ThrowsAsync<SessionRecordFormatException>(() => _driver.ReadAsync(record.Key, None).AsTask());
        await Assert.ThrowsAsync<SessionRecordFormatException>(() => _driver.WriteAsync(record, None).AsTask());
        await Assert.ThrowsAsync<SessionRecordFormatException>(() => _driver.WriteAsync(record with { Version = 2 }, None).AsTask());
        Assert.Equal(0, await _driver.CollectExpiredAsync(10, None));
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    private async Task<SessionRecord> StoredAsync()
    {
        SessionRecord record = SampleRecords.Full(_clock.GetUtcNow()) with { Expires = _clock.GetUtcNow() + SampleRecords.Lifetime };
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        return record;
    }

    // As another process would hold it.
    private FileStream Hold(SessionKey key) => new(_folder.LockOf(key), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
}
