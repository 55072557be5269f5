namespace FuelSessions.Drivers;

/// <summary>What the file system says of a path itself. One call of the system, and on Linux no allocation.</summary>
/// <param name="Owner">The user id of the owner; null where that can't be told.</param>
/// <param name="Mode">Its rights on Unix; none on Windows.</param>
/// <param name="Names">How many names (hard links) it has; 1 where that can't be told.</param>
internal readonly record struct FileFacts(FileKind Kind, uint? Owner = null, UnixFileMode Mode = UnixFileMode.None, uint Names = 1)
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // What FileInfo says of a missing file; of one that it can't look at it throws.
    private const FileAttributes NotThere = (FileAttributes)(-1);

    internal bool OthersMayWrite => (Mode & OthersWrite) != 0;

    internal bool OthersMayRead => (Mode & OthersRead) != 0;

    /// <exception cref="IOException">Nobody can tell.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    internal static FileFacts Of(string path) =>
        OperatingSystem.IsLinux() && LinuxFiles.TryLook(path, out FileFacts facts) ? facts
        : OperatingSystem.IsMacOS() && MacFiles.TryLook(path, out facts) ? facts
        : OfFramework(path);

    // Without the owner.
    internal static FileFacts OfFramework(string path)
    {
        var file = new FileInfo(path);
        FileAttributes attributes = file.Attributes;
        FileKind kind = attributes == NotThere ? FileKind.Missing
            : attributes.HasFlag(FileAttributes.ReparsePoint) ? FileKind.Link
            : attributes.HasFlag(FileAttributes.Directory) ? FileKind.Folder
            : FileKind.File;
        return new FileFacts(kind, Mode: kind == FileKind.Missing || OperatingSystem.IsWindows() ? UnixFileMode.None : file.UnixFileMode);
    }

    /// <summary>From the numbers that all Unix systems have.</summary>
    internal static FileFacts OfUnix(uint mode, uint owner, uint names) => new(
        (mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        },
        owner,
        (UnixFileMode)(mode & 0xFFF),
        names);
}
