using System.Globalization;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>An app that configures nothing keeps its sessions, in processes of their own with a home of the test's.</summary>
public sealed class DefaultFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("fuelsessions-");

    public DefaultFolderTests() => _parent.CreateSubdirectory("tmp");

    private string Home => Path.Join(_parent.FullName, "home");

    private DirectoryInfo Temporary => new(Path.Join(_parent.FullName, "tmp"));

    [Fact]
    public async Task Sessions_outlive_a_restart_and_belong_to_all_instances_of_the_app()
    {
        Directory.CreateDirectory(Home);
        await using ChildApp first = await ChildApp.StartAsync("default", Home);
        await using ChildApp second = await ChildApp.StartAsync("default", Home);
        for (int visit = 1; visit <= 6; visit++)
        {
            using var browser = new TestBrowser((visit % 2 == 0 ? first : second).Address, "TestBrowser/1.0");
            Carry(first.Browser, browser);
            Assert.Equal(visit.ToString(CultureInfo.InvariantCulture), await browser.TextAsync("/count"));
            Carry(browser, first.Browser);
        }

        await first.KillAsync();
        await second.StopAsync();
        await using ChildApp after = await ChildApp.StartAsync("default", Home, first.Browser.Jar);
        Assert.Equal("7", await after.Browser.TextAsync("/count"));

        // In a folder of the app's own, which nobody else can look into.
        DirectoryInfo folder = Assert.Single(Assert.Single(new DirectoryInfo(Home).GetDirectories("FuelSessions", SearchOption.AllDirectories)).GetDirectories());
        Assert.NotEmpty(folder.GetFiles("*", SearchOption.AllDirectories));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, folder.UnixFileMode);
        Assert.Empty(Temporary.GetDirectories("fuelsessions-*"));
    }

    /// <summary>A file in the home's place: that stops root as well, whom permissions don't.</summary>
    [Fact]
    public async Task Without_a_home_that_can_be_written_they_end_with_the_process_and_leave_nothing_behind()
    {
        await File.WriteAllTextAsync(Home, "");
        await using ChildApp app = await ChildApp.StartAsync("default", Home);
        Assert.Equal("1", await app.Browser.TextAsync("/count"));
        Assert.Equal("2", await app.Browser.TextAsync("/count"));
        DirectoryInfo folder = Assert.Single(Temporary.GetDirectories("fuelsessions-*"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, folder.UnixFileMode);

        await app.StopAsync();
        Assert.Empty(Temporary.GetDirectories("fuelsessions-*"));
    }

    public void Dispose() => _parent.Delete(recursive: true);

    private static void Carry(TestBrowser from, TestBrowser to)
    {
        foreach ((string name, string value) in from.Jar)
        {
            to.Jar[name] = value;
        }
    }
}
