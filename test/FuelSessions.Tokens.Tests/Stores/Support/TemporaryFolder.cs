namespace FuelSessions.Tokens.Tests.Stores.Support;

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("fuelsessions-tokens-").FullName;

    internal string Sqlite => $"Data Source={System.IO.Path.Combine(Path, "test.db")};Pooling=False";

    internal string Below(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What is in all its files.</summary>
    internal string Content() => string.Concat(
        Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
