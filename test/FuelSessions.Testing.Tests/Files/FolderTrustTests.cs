using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>Whose the folder and the files are, who else may write or read them, and links: as whoever runs the tests.</summary>
public sealed class FolderTrustTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode EverybodyReads = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task A_folder_that_others_may_write_to_is_refused_and_one_that_they_may_list_is_not()
    {
        SessionRecord record = await StoredAsync();
        File.SetUnixFileMode(_folder.Path, EverybodyReads);
        Assert.NotNull(Driver().Read(record.Key, None));

        foreach (UnixFileMode others in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite, UnixFileMode.OtherWrite | UnixFileMode.StickyBit })
        {
            File.SetUnixFileMode(_folder.Path, Owner | others);
            AssertRefused(_folder.Path, "may be written by other accounts", "chmod -R go-rwx", "AllowSharedFolder");
        }
    }

    // As that of a principal whose last session ends while another one begins: it is made again.
    [Fact]
    public void A_folder_that_was_removed_meanwhile_is_missing_and_nobody_elses()
    {
        var trust = new FolderTrust(_folder.Path, "sessions", "", isShared: false);
        Assert.Throws<DirectoryNotFoundException>(() => trust.RequireFolder(Path.Join(_folder.Path, "by-principal")));
    }

    [UnixFact]
    public async Task A_shelf_or_the_keys_that_others_may_read_are_refused()
    {
        SessionRecord record = await StoredAsync();
        _ = Driver().DataProtectionKeys.GetAllElements();
        foreach (string inside in new[] { _folder.ShelfOf(record.Key), Path.Join(_folder.Path, "keys") })
        {
            File.SetUnixFileMode(inside, EverybodyReads);
            string message = Assert.Throws<IOException>(() => Driver().DataProtectionKeys.GetAllElements()).Message;
            Assert.Contains($"'{inside}' may be read by other accounts (mode 0755)", message, StringComparison.Ordinal);
            File.SetUnixFileMode(inside, Owner);
        }

        Assert.NotNull(Driver().Read(record.Key, None));
    }

    [UnixFact]
    public async Task Links_in_the_place_of_a_shelf_a_lock_or_a_key_are_refused()
    {
        SessionRecord record = await StoredAsync();
        _ = Driver().DataProtectionKeys.GetAllElements();
        string elsewhere = Path.Join(Path.GetDirectoryName(_folder.Path), "elsewhere");
        Directory.Move(_folder.ShelfOf(record.Key), elsewhere);
        Directory.CreateSymbolicLink(_folder.ShelfOf(record.Key), elsewhere);
        AssertRefused(_folder.ShelfOf(record.Key), "is a link");
        Directory.Delete(_folder.ShelfOf(record.Key));
        Directory.Move(elsewhere, _folder.ShelfOf(record.Key));

        string target = Path.Join(Path.GetDirectoryName(_folder.Path), "target");
        foreach (string path in new[] { _folder.LockOf(record.Key), Path.Join(_folder.Path, "lock"), Path.Join(_folder.Path, "keys", "key-planted.xml") })
        {
            File.Delete(path);
            File.CreateSymbolicLink(path, target);
            string message = Assert.Throws<IOException>(() => Driver().DataProtectionKeys.GetAllElements()).Message;
            Assert.Contains($"'{path}' is a link", message, StringComparison.Ordinal);
            File.Delete(path);
        }

        Assert.False(File.Exists(target));
        Assert.NotNull(Driver().Read(record.Key, None));
    }

    [UnixFact]
    public async Task A_key_that_was_planted_while_the_app_runs_is_refused()
    {
        await StoredAsync();
        FileSessionDriver driver = Driver();
        _ = driver.DataProtectionKeys.GetAllElements();
        string key = Path.Join(_folder.Path, "key.xml");
        File.WriteAllText(key, "<key/>");
        Shell.Run("ln", key, Path.Join(_folder.Path, "keys", "key.xml"));
        Assert.Contains("hard link", Assert.Throws<IOException>(() => driver.DataProtectionKeys.GetAllElements()).Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_file_that_others_may_have_had_a_hand_in_is_no_session_and_stays()
    {
        SessionRecord record = await StoredAsync();
        FileSessionDriver driver = Driver();
        string file = _folder.FileOf(record.Key);
        string kept = file + ".kept";
        File.Copy(file, kept);

        Broken("may be read by other accounts", () => File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead));
        Broken("is a link", () => File.CreateSymbolicLink(file, kept));
        Broken("hard link", () => Shell.Run("ln", kept, file));
        Broken("is no file", () => Shell.Run("mkfifo", "-m", "600", file));
        RecordAssert.Same(record, driver.Read(record.Key, None), TimeSpan.Zero);

        void Broken(string told, Action plant)
        {
            if (told != "may be read by other accounts")
            {
                File.Delete(file);
            }

            plant();
            string message = Assert.Throws<SessionRecordFormatException>(() => driver.Read(record.Key, None)).Message;
            Assert.Contains(told, message, StringComparison.Ordinal);
            Assert.Contains(_folder.Path, message, StringComparison.Ordinal);
            Assert.DoesNotContain(record.Key.ToHex(), message, StringComparison.Ordinal);
            Assert.Throws<SessionRecordFormatException>(() => driver.WriteAsync(record with { Version = 2 }, None).AsTask().GetAwaiter().GetResult());
            Assert.Throws<SessionRecordFormatException>(() => driver.TouchAsync(record.Key, record.Version, record.Expires.AddDays(1), None).AsTask().GetAwaiter().GetResult());
            Assert.Equal(0, driver.CollectExpiredAsync(10, None).AsTask().GetAwaiter().GetResult());
            Assert.NotNull(new FileInfo(file).LinkTarget ?? (File.Exists(file) ? "" : null));
            File.Delete(file);
            File.Copy(kept, file);
        }
    }

    [UnixFact]
    public async Task A_link_of_this_account_leads_to_the_folder()
    {
        SessionRecord record = await StoredAsync();
        string link = Path.Join(Path.GetDirectoryName(_folder.Path), "link");
        Directory.CreateSymbolicLink(link, Path.GetFileName(_folder.Path));
        Assert.NotNull(new FileSessionDriver(link, _clock).Read(record.Key, None));

        File.SetUnixFileMode(_folder.Path, Owner | UnixFileMode.OtherWrite);
        Assert.Contains($"'{_folder.Path}' may be written", Assert.Throws<IOException>(() => new FileSessionDriver(link, _clock)).Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_folder_that_the_app_calls_shared_is_taken_as_it_is()
    {
        SessionRecord record = await StoredAsync();
        File.SetUnixFileMode(_folder.Path, EverybodyReads | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(_folder.ShelfOf(record.Key), EverybodyReads | UnixFileMode.GroupWrite);
        File.SetUnixFileMode(_folder.FileOf(record.Key), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var driver = new FileSessionDriver(_folder.Path, _clock, isShared: true);
        RecordAssert.Same(record, driver.Read(record.Key, None), TimeSpan.Zero);
        _ = driver.DataProtectionKeys.GetAllElements();
    }

    [RootFact]
    public async Task What_belongs_to_another_account_is_refused_by_root()
    {
        SessionRecord record = await StoredAsync();
        FileSessionDriver running = Driver();
        Shell.Run("chown", "nobody", _folder.FileOf(record.Key));
        Assert.Contains("belongs to nobody (uid 65534), and not to the account of this process, root (uid 0)", Assert.Throws<SessionRecordFormatException>(() => running.Read(record.Key, None)).Message, StringComparison.Ordinal);
        Shell.Run("chown", "root", _folder.FileOf(record.Key));

        foreach (string path in new[] { _folder.Path, _folder.ShelfOf(record.Key), _folder.LockOf(record.Key) })
        {
            Shell.Run("chown", "nobody", path);
            AssertRefused(path, "belongs to nobody (uid 65534), and not to the account of this process, root (uid 0)", $"chown -R root '{_folder.Path}'");
            Shell.Run("chown", "root", path);
        }

        string link = Path.Join(Path.GetDirectoryName(_folder.Path), "link");
        Directory.CreateSymbolicLink(link, _folder.Path);
        Shell.Run("chown", "-h", "nobody", link);
        Assert.Contains($"'{link}' is a link of nobody (uid 65534)", Assert.Throws<IOException>(() => new FileSessionDriver(Path.Join(link, "below"), _clock)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Join(_folder.Path, "below")));
    }

    private FileSessionDriver Driver() => new(_folder.Path, _clock);

    private void AssertRefused(string path, params string[] told)
    {
        string message = Assert.Throws<IOException>(Driver).Message;
        Assert.All([$"'{path}'", .. told], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private async Task<SessionRecord> StoredAsync()
    {
        SessionRecord record = SampleRecords.Full(_clock.GetUtcNow()) with { Version = 1 };
        Assert.True((await Driver().WriteAsync(record, None)).IsWritten);
        return record;
    }
}
