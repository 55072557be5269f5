using System.Diagnostics;
using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>What is particular to tokens in files: a console tool without services, several processes, crashes, rights.</summary>
public sealed class FileStoreTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _temporary = new();
    private readonly LogRecorder _logs = new();

    private string Folder => _temporary.Below("tokens");

    [Fact]
    public async Task The_next_run_finds_the_token_without_any_services()
    {
        await Manager().SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal(Client.Token("1"), await Manager().GetAsync(Client.Key()));
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task Everything_is_for_its_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        StoredTokenManager manager = Manager();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        await using IAsyncDisposable? hold = await manager.TryAcquireAsync(Client.Key(), Lifetime);
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(Folder));
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(Path.Combine(Folder, "keys")));
        string[] files = Directory.GetFiles(Folder);
        string name = TokenName.Of(Client.Key());
        Assert.Equal(new[] { "lock", $"{name}.json", $"{name}.lock" }.Order(), files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal(OwnerFile, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Neither_a_user_nor_a_secret_is_in_the_name_of_a_file()
    {
        await Manager().SetAsync(Client.Token("sesame"), Client.Key("ada.lovelace", AuthIdentity.Password("countess")));
        string names = string.Join('\n', Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories));
        Assert.DoesNotContain("lovelace", names);
        Assert.DoesNotContain("countess", names);
        Assert.DoesNotContain("sesame", names);
    }

    [Fact]
    public async Task A_folder_that_exists_keeps_its_rights()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Folder, OwnerFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        UnixFileMode before = File.GetUnixFileMode(Folder);
        await Manager().SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal(before, File.GetUnixFileMode(Folder));
        Assert.Equal(OwnerFile, File.GetUnixFileMode(Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"access_token\":\"access-1\"}")]
    [InlineData("{\"version\":1,\"ref\":{}}")]
    [InlineData("{\"version\":\"1\",\"access_token\":\"access-1\"}")]
    [InlineData("access-1")]
    public async Task A_damaged_file_counts_as_absent_with_a_warning_and_is_replaced(string content)
    {
        StoredTokenManager manager = Manager();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        await File.WriteAllTextAsync(Token, content);
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
        Assert.Single(_logs.Lines, line => line.Id == 301);
        await manager.SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal(Client.Token("2"), await manager.GetAsync(Client.Key()));

        await File.WriteAllTextAsync(Token, content);
        await manager.SetAsync(OAuthToken.Empty, Client.Key());
        Assert.False(File.Exists(Token));
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_overwritten()
    {
        StoredTokenManager manager = Manager();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        await File.WriteAllTextAsync(Path.Combine(Folder, "new.tmp"), new string('x', 100_000));
        Assert.Equal(Client.Token("1"), await Manager().GetAsync(Client.Key()));
        await Manager().SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal(Client.Token("2"), await Manager().GetAsync(Client.Key()));
        Assert.False(File.Exists(Path.Combine(Folder, "new.tmp")));
    }

    [Fact]
    public async Task A_folder_that_was_removed_is_made_again()
    {
        StoredTokenManager manager = Manager();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Directory.Delete(Folder, recursive: true);
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
        await manager.SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal(Client.Token("2"), await manager.GetAsync(Client.Key()));
    }

    [Fact]
    public void A_folder_that_can_not_be_made_is_an_error_at_once()
    {
        File.WriteAllText(Folder, "a file");
        Assert.Throws<IOException>(() => Manager());
    }

    // From an empty folder, so that they also make its keys at the same time.
    [Fact]
    public async Task Two_processes_replace_one_token_and_lose_no_step()
    {
        Process[] contenders = [FileContender.Start(FileContender.Count, Folder, "100"), FileContender.Start(FileContender.Count, Folder, "100")];
        foreach (Process contender in contenders)
        {
            using (contender)
            {
                await contender.WaitForExitAsync().WaitAsync(Longest);
                Assert.Equal(0, contender.ExitCode);
            }
        }

        Assert.Equal("200", (await Manager().GetAsync(FileContender.Key)).AccessToken);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task A_process_that_is_killed_lets_go_of_its_lock_at_once()
    {
        StoredTokenManager manager = Manager();
        using Process holder = FileContender.Start(FileContender.Hold, Folder);
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync().WaitAsync(Longest));
        Assert.Null(await manager.TryAcquireAsync(FileContender.Key, Lifetime));

        // The holder of that lock holds up no write.
        await manager.SetAsync(Client.Token("1"), FileContender.Key);
        holder.Kill();
        await holder.WaitForExitAsync().WaitAsync(Longest);
        await using IAsyncDisposable? next = await manager.TryAcquireAsync(FileContender.Key, Lifetime);
        Assert.NotNull(next);
    }

    public void Dispose() => _temporary.Dispose();

    private string Token => Path.Combine(Folder, TokenName.Of(Client.Key()) + ".json");

    private StoredTokenManager Manager() => Client.Manager(new TokenSessionOptions().UseFile(Folder), logs: _logs);
}
