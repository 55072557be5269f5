using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>A folder for one test, and what a test wants to know about the sessions in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("fuelsessions-");

    /// <summary>Does not exist yet: the driver is to make it.</summary>
    internal string Path => System.IO.Path.Join(_parent.FullName, "sessions");

    internal string ShelfOf(SessionKey key) => System.IO.Path.Join(Path, key.ToHex()[..2]);

    internal string FileOf(SessionKey key) => System.IO.Path.Join(ShelfOf(key), key.ToHex());

    internal string LockOf(SessionKey key) => System.IO.Path.Join(ShelfOf(key), "lock");

    internal string[] TemporaryFiles() =>
        Directory.Exists(Path) ? Directory.GetFiles(Path, "*.tmp", SearchOption.AllDirectories) : [];

    public void Dispose() => _parent.Delete(recursive: true);
}
