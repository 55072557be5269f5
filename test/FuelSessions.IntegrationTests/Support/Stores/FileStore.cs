using System.Globalization;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A folder of the test's own.</summary>
internal sealed class FileStore() : Store("file", "fid")
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("fuelsessions-");

    internal string Folder => Path.Join(_parent.FullName, "sessions");

    private string Aside => Path.Join(_parent.FullName, "aside");

    internal override void Configure(FuelSessionsOptions options)
    {
        base.Configure(options);
        options.Path = Folder;
    }

    // A file in the folder's place: that stops root as well, whom permissions don't.
    internal override Task BreakAsync()
    {
        Directory.Move(Folder, Aside);
        return File.WriteAllTextAsync(Folder, "");
    }

    internal override Task RepairAsync()
    {
        File.Delete(Folder);
        Directory.Move(Aside, Folder);
        return Task.CompletedTask;
    }

    // A folder in each lock's place: that stops root as well.
    internal override Task RefuseWritesAsync(bool refuse)
    {
        foreach (string folder in (string[])["", .. Enumerable.Range(0, 256).Select(shelf => shelf.ToString("x2", CultureInfo.InvariantCulture))])
        {
            string path = Path.Join(Folder, folder, "lock");
            if (refuse)
            {
                if (File.Exists(path))
                {
                    File.Delete(path);
                }

                SessionFolder.CreateOwnerOnly(Path.GetDirectoryName(path)!);
                SessionFolder.CreateOwnerOnly(path);
            }
            else
            {
                Directory.Delete(path);
            }
        }

        return Task.CompletedTask;
    }

    internal string FileOf(SessionKey key) => Path.Join(Folder, key.ToHex()[..2], key.ToHex());

    internal override Task<byte[]> BytesAsync(SessionKey key) => File.ReadAllBytesAsync(FileOf(key));

    internal override Task OverwriteAsync(SessionKey key, byte[] bytes) => File.WriteAllBytesAsync(FileOf(key), bytes);

    public override ValueTask DisposeAsync()
    {
        _parent.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
