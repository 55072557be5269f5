using System.IO.Compression;
using FuelSessions.Packages.Tests.Apps;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Packages.Tests.Feed;

/// <summary>
/// What we ship, packed once, and all throwaway apps built from it at once. The packages that are not ours come from the machine's package
/// folder. Ours have a version that no other run has, so that nobody's earlier ones there can be meant.
/// </summary>
public sealed class LocalFeed : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fuelsessions-packages-").FullName;

    internal string Packages => Path.Combine(_folder, "feed");

    internal string Apps => Path.Combine(_folder, "apps");

    internal string Version { get; } = $"0.0.0-run{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        try
        {
            await PackAndBuildAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>The files of a package, by their paths in it.</summary>
    internal async Task<Dictionary<string, byte[]>> ContentAsync(string package)
    {
        using ZipArchive archive = await ZipFile.OpenReadAsync(Path.Combine(Packages, package));
        var files = new Dictionary<string, byte[]>();
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using var bytes = new MemoryStream();
            await using Stream content = await entry.OpenAsync();
            await content.CopyToAsync(bytes);
            files[entry.FullName] = bytes.ToArray();
        }

        return files;
    }

    internal string Program(ThrowawayApp app) => Path.Combine(Apps, app.Name, "bin", "Release", "net10.0", $"{app.Name}.dll");

    /// <summary>Compiles the native app ahead of time; each warning of the trimmer and the compiler is an error.</summary>
    internal async Task<string> PublishNativeAsync()
    {
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        if (!path.Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc"))))
        {
            throw ServerMissingException.Because("A native program is linked by clang or gcc; neither is on this machine.");
        }

        string folder = Path.Combine(Apps, Catalog.Native.Name);
        string output = await Command.RunAsync(folder, "dotnet", "publish", "--configuration", "Release", "--runtime", "linux-x64", "--output", "out", "--nologo");
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        return Path.Combine(folder, "out", Catalog.Native.Name);
    }

    /// <summary>Runs EF's command line, a local tool of the apps, on one of them as it was built last.</summary>
    internal async Task EfAsync(ThrowawayApp app, string group, string command, params string[] arguments)
    {
        string manifest = Path.Combine(Apps, ".config", "dotnet-tools.json");
        if (!File.Exists(manifest))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(manifest)!);
            File.WriteAllText(manifest, $$"""
                { "version": 1, "isRoot": true, "tools": { "dotnet-ef": { "version": "{{Repository.Version("Microsoft.EntityFrameworkCore.Design")}}", "commands": ["dotnet-ef"] } } }
                """);
            await Command.RunAsync(Apps, "dotnet", "tool", "restore");
        }

        await Command.RunAsync(Path.Combine(Apps, app.Name), "dotnet", ["ef", group, command, .. arguments.TakeWhile(argument => argument != "--"),
            "--no-build", "--configuration", "Release", .. arguments.SkipWhile(argument => argument != "--")]);
    }

    /// <summary>Builds one of the apps anew, with what a tool has written into it.</summary>
    internal Task BuildAsync(ThrowawayApp app) =>
        Command.RunAsync(Path.Combine(Apps, app.Name), "dotnet", "build", "--no-restore", "--configuration", "Release", "--nologo", "-v", "quiet");

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task PackAndBuildAsync()
    {
        string[] ready = Repository.IsBuiltAsPacked ? ["--no-build"] : [];
        await Command.RunAsync(Repository.Folder, "bash", ["build/pack.sh", Packages, $"-p:PackageVersion={Version}", .. ready]);

        string global = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (ThrowawayApp app in Catalog.All)
        {
            app.Write(Apps, Version);
        }

        File.WriteAllText(Path.Combine(Apps, "Directory.Build.props"), $"""
            <Project>
              <PropertyGroup>
                <RestorePackagesPath>{_folder}/packages</RestorePackagesPath>
                <RestoreFallbackFolders>{global}</RestoreFallbackFolders>
                <RestoreAdditionalProjectSources>{Packages}</RestoreAdditionalProjectSources>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(Apps, "Apps.slnx"), $"<Solution>\n{string.Concat(Catalog.All.Where(app => app != Catalog.Native).Select(app => $"  <Project Path=\"{app.Name}/{app.Name}.csproj\" />\n"))}</Solution>\n");
        await Command.RunAsync(Apps, "dotnet", "build", "Apps.slnx", "--configuration", "Release", "--nologo", "-v", "quiet");
    }
}
