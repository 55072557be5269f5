using System.Diagnostics;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>The same as an account that is not root: another process, as nobody.</summary>
public sealed class OtherAccountTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _parent = Directory.CreateTempSubdirectory("fuelsessions-").FullName;

    private string Folder => Path.Join(_parent, "sessions");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [RootFact]
    public async Task An_account_takes_what_is_its_own_or_root_s_and_nothing_else()
    {
        Shell.Run("chmod", "755", _parent);
        await AssertAsync(taken: true, "nobody", "700");
        await AssertAsync(taken: true, "nobody", "755");
        await AssertAsync(taken: false, "nobody", "777");
        await AssertAsync(taken: false, "nobody", "770");
        await AssertAsync(taken: false, "daemon", "777");
        await AssertAsync(taken: false, "root", "777");
        await AssertAsync(taken: false, "root", "1777");
    }

    [RootFact]
    public async Task A_link_on_the_way_may_be_root_s_and_no_other_account_s()
    {
        Shell.Run("chmod", "755", _parent);
        string real = Path.Join(_parent, "real");
        Shell.Run("install", "-d", "-o", "nobody", "-m", "700", real);
        Directory.CreateSymbolicLink(Folder, real);
        Assert.Equal((0, ""), await OpenAsync());

        Shell.Run("chown", "-h", "daemon", Folder);
        (int exitCode, string told) = await OpenAsync();
        Assert.Equal(ChildProcess.Refused, exitCode);
        Assert.Contains($"'{Folder}' is a link of daemon (uid 1)", told, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_folder_that_can_not_be_written_to_is_taken_for_what_is_in_it()
    {
        Shell.Run("chmod", "755", _parent);
        Shell.Run("install", "-d", "-o", "nobody", "-m", "500", Folder);
        (int exitCode, string told) = await OpenAsync();
        Assert.Equal(ChildProcess.Refused, exitCode);
        Assert.Contains(Folder, told, StringComparison.Ordinal);

        Shell.Run("install", "-d", "-o", "nobody", "-m", "700", Path.Join(Folder, "ab"));
        Assert.Equal((0, ""), await OpenAsync());
    }

    // Trusted, and of no use: only the sessions that fall on it would fail, one by one.
    [RootFact]
    public async Task What_root_has_left_behind_and_closed_is_refused()
    {
        Shell.Run("chmod", "755", _parent);
        await AssertClosedAsync("ab", "install", "-d", "-m", "700");
        await AssertClosedAsync("by-principal", "install", "-d", "-m", "700");
        await AssertClosedAsync("lock", "install", "-m", "600", "/dev/null");
        await AssertClosedAsync("cd/lock", "install", "-m", "644", "/dev/null");
    }

    private async Task AssertClosedAsync(string left, params string[] command)
    {
        Shell.Run("install", "-d", "-o", "nobody", "-m", "700", Folder, Path.Join(Folder, "cd"));
        Assert.Equal((0, ""), await OpenAsync());

        string path = Path.Join(Folder, left);
        File.Delete(path);
        Shell.Run(command[0], [.. command[1..], path]);
        (int exitCode, string told) = await OpenAsync();
        Assert.True(exitCode == ChildProcess.Refused, $"{left}: {exitCode} {told}");
        Assert.Contains($"'{path}' belongs to root (uid 0), and is closed to the account of this process, nobody", told, StringComparison.Ordinal);
        Assert.Contains($"chown -R nobody '{Folder}'", told, StringComparison.Ordinal);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task AssertAsync(bool taken, string owner, string mode)
    {
        Shell.Run("install", "-d", "-o", owner, "-m", mode, Folder);
        (int exitCode, string told) = await OpenAsync();
        Assert.True(exitCode == (taken ? 0 : ChildProcess.Refused), $"{owner} {mode}: {exitCode} {told}");
        Assert.True(taken || (told.Contains(Folder, StringComparison.Ordinal) && told.Contains("nobody", StringComparison.Ordinal)), told);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<(int ExitCode, string Told)> OpenAsync()
    {
        using Process child = ChildProcess.Start(ChildProcess.Open, Folder, SessionKey.Create(), start =>
        {
            string[] command = [start.FileName, .. start.ArgumentList];
            start.FileName = "setpriv";
            start.ArgumentList.Clear();
            foreach (string argument in (string[])["--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command])
            {
                start.ArgumentList.Add(argument);
            }

            // Which would be root's.
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
            start.Environment["HOME"] = "/nonexistent";
        });
        using var longest = new CancellationTokenSource(Longest);
        string told = await child.StandardOutput.ReadToEndAsync(longest.Token);
        await child.WaitForExitAsync(longest.Token);
        return (child.ExitCode, told.Trim());
    }
}
