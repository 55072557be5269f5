using FuelSessions.Drivers;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Where the file driver keeps sessions, and what is said if it can't.</summary>
public sealed class FileDriverPlaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-");

    [Theory]
    [InlineData("/var/www/shop", "shop-")]
    [InlineData("/var/www/shop/", "shop-")]
    [InlineData("shop", "shop-")]
    [InlineData("/srv/My App/näh.maschine", "nhmaschine-")]
    [InlineData("/", "")]
    [InlineData("...", "")]
    public void Each_app_has_a_folder_that_says_which_one_it_is(string app, string begins)
    {
        string name = Path.GetRelativePath(Path.Join("/data", "FuelSessions"), FileDriverPlace.Default("/data", app));
        Assert.StartsWith(begins, name, StringComparison.Ordinal);
        Assert.Matches("^([A-Za-z0-9_-]+-)?[0-9a-f]{16}$", name);
        Assert.True(name.Length < 60);
    }

    [Fact]
    public void Apps_that_are_called_alike_are_told_apart() =>
        Assert.NotEqual(FileDriverPlace.Default("/data", "/srv/blue/app"), FileDriverPlace.Default("/data", "/srv/green/app"));

    [Fact]
    public void A_long_name_makes_no_long_path() =>
        Assert.True(Path.GetFileName(FileDriverPlace.Default("/data", "/" + new string('x', 300))).Length < 60);

    [Fact]
    public async Task A_folder_that_can_not_be_made_stops_the_app_at_its_start()
    {
        string file = Path.Join(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("file", Path.Join(file, "sessions")));
        Assert.All(["'Path'", Path.Join(file, "sessions"), "allowed"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

        // Of a driver that is not the app's default one nothing is made before it is used.
        await using TestApp app = await StartAsync("memory", Path.Join(file, "sessions"));
    }

    [Fact]
    public async Task The_folder_is_made_when_the_app_starts()
    {
        string sessions = Path.Join(_folder.FullName, "a", "sessions");
        await using TestApp app = await StartAsync("file", sessions);
        Assert.True(Directory.Exists(sessions));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<TestApp> StartAsync(string driver, string path) => TestApp.StartAsync(o => (o.Driver, o.Path) = (driver, path));
}
