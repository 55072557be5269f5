namespace FuelSessions.Tool.Stores;

/// <summary>Who else may read what is stored.</summary>
internal static class FileRights
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    internal static Finding Found(string path)
    {
        if (OperatingSystem.IsWindows() || (!File.Exists(path) && !Directory.Exists(path)))
        {
            return new Finding("rights", "not looked at");
        }

        UnixFileMode mode = File.GetUnixFileMode(path);
        return new Finding("rights", mode.ToString(), (mode & Others) == 0 ? null : $"Others than its owner may read or write it: chmod go-rwx '{path}'.");
    }
}
