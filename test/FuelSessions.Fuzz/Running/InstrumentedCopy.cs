using SharpFuzz;

namespace FuelSessions.Fuzz.Running;

/// <summary>A copy of this program beside it, in which SharpFuzz has made the libraries tell which of their branches ran. Made anew when they change;
/// which place of the map a branch gets is chance, and differs from copy to copy.</summary>
internal static class InstrumentedCopy
{
    private const string Own = "FuelSessions.Fuzz.dll";

    /// <returns>The program to start.</returns>
    internal static string Prepare()
    {
        string folder = Path.Join(AppContext.BaseDirectory, "instrumented");
        string stamp = Path.Join(folder, "made-of");
        Directory.CreateDirectory(folder);

        // Two that are started at once must not both make it.
        using var alone = Alone(Path.Join(folder, "lock"));
        string made = StampOf(AppContext.BaseDirectory);
        if (!File.Exists(stamp) || File.ReadAllText(stamp) != made)
        {
            File.Delete(stamp);
            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            {
                File.Copy(file, Path.Join(folder, Path.GetFileName(file)), overwrite: true);
            }

            foreach (string file in Directory.EnumerateFiles(folder, "FuelSessions*.dll"))
            {
                if (Path.GetFileName(file) != Own)
                {
                    Fuzzer.Instrument(file, static _ => true, Options.Value);
                }
            }

            File.WriteAllText(stamp, made);
        }

        return Path.Join(folder, Own);
    }

    private static string StampOf(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal)
        .Select(static file => $"{Path.GetFileName(file)} {File.GetLastWriteTimeUtc(file):O} {new FileInfo(file).Length}"));

    private static FileStream Alone(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
