using System.Globalization;
using System.Security.Cryptography;

namespace FuelSessions.Drivers;

/// <summary>
/// Whether what is in a folder can have come from this account alone. Who may write there could place a session of their own making, and who may read
/// what is in it, read everybody's.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="what">What is in it, for messages: sessions, tokens.</param>
/// <param name="setting">How to name another folder, or say that this one is shared, for messages.</param>
/// <param name="isShared">Whether the app says that others may: nothing is looked at then.</param>
internal sealed class FolderTrust(string root, string what, string setting, bool isShared)
{
    private const int MostLinks = 40;

    // Rights and owners that a file system makes up (FAT, some network and virtual ones) say nothing.
    private readonly Lazy<bool> _keepsRights = new(() => KeepsRights(root));

    /// <summary>Looks at the way to the folder, before it is made.</summary>
    /// <exception cref="IOException">Somebody else's link is on it. The message names the link, whose it is, and what to do.</exception>
    internal void RequireWay()
    {
        if (!isShared)
        {
            Resolved(root);
        }
    }

    /// <summary>Looks at the folder itself. What is in it is looked at one by one.</summary>
    /// <exception cref="IOException">Others have a hand in it. The message names the folder, who, and what to do.</exception>
    internal void RequireRoot()
    {
        if (!isShared)
        {
            string real = Resolved(root);
            Require(real, FileFacts.Of(real), mayBeRead: true);
        }
    }

    /// <summary>Looks at a folder inside, which holds what nobody else is to read.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there, or not any more.</exception>
    /// <exception cref="IOException">Others have a hand in it, or it is closed to this account.</exception>
    internal void RequireFolder(string path)
    {
        if (!isShared)
        {
            FileFacts facts = FileFacts.Of(path);
            Require(path, facts, mayBeRead: false);
            RequireOpen(path, facts, static folder => _ = Directory.EnumerateFileSystemEntries(folder).Any());
        }
    }

    /// <summary>
    /// Looks at a file that is opened by its name alone, such as a lock: a link there would have another file opened, or made. Its rights are not looked
    /// at: whoever made it may have left them to the system, in a folder that is closed.
    /// </summary>
    /// <exception cref="IOException">It is a link, or somebody else's.</exception>
    internal void RequireFile(string path)
    {
        if (!isShared)
        {
            RequireFile(path, FileFacts.Of(path));
        }
    }

    /// <summary>The same of one that is written to as well.</summary>
    /// <exception cref="IOException">It is a link, somebody else's, or closed to this account.</exception>
    internal void RequireWritable(string path)
    {
        if (isShared)
        {
            return;
        }

        FileFacts facts = FileFacts.Of(path);
        RequireFile(path, facts);
        if (facts.Kind == FileKind.File)
        {
            RequireOpen(path, facts, static file => File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose());
        }
    }

    /// <summary>Whether there is a file. One call of the system.</summary>
    /// <param name="fault">Why its content may not be this account's own, or may be known to others; null if it is fine.</param>
    internal bool Contains(string path, out string? fault)
    {
        FileFacts facts = FileFacts.Of(path);
        fault = isShared || Fault(facts) is not { } found ? null : $"A file in the folder of {what} '{root}' {found} It was left as it is. {Advice("Remove it, or make it this account's.")}";
        return facts.Kind != FileKind.Missing;
    }

    private void Require(string path, FileFacts facts, bool mayBeRead)
    {
        if (facts.Kind == FileKind.Missing)
        {
            // Somebody has removed it since it was made, which is nobody's hand in it.
            throw new DirectoryNotFoundException($"In the folder of {what} '{root}', '{path}' is missing.");
        }

        string? fault = facts.Kind switch
        {
            FileKind.Link => $"is a link{(facts.Owner is { } owner ? $" of {Account.Describe(owner)}" : "")}, where a folder is expected.",
            FileKind.Folder => Foreign(facts, mayBeRead),
            _ => "is no folder.",
        };
        if (fault is not null)
        {
            throw Refusal(path, fault);
        }
    }

    private void RequireFile(string path, FileFacts facts)
    {
        if (Fault(facts with { Mode = UnixFileMode.None }) is { } fault)
        {
            throw Refusal(path, fault);
        }
    }

    // What root has left behind is to be trusted, and of no use: only the sessions that fall on it would fail, one by one. Tried, as there are other
    // ways to a file than its rights; any other error than a denial may pass, and is not of this.
    private void RequireOpen(string path, FileFacts facts, Action<string> open)
    {
        if (facts.Owner is not { } owner || owner == Account.Current)
        {
            return;
        }

        try
        {
            open(path);
        }
        catch (UnauthorizedAccessException)
        {
            throw Refusal(path, $"belongs to {Account.Describe(owner)}, and is closed to the account of this process, {Account.Describe(Account.Current)}.", "");
        }
        catch (IOException)
        {
            // A disk that takes no writes now, for instance.
        }
    }

    private string? Fault(FileFacts facts) => facts.Kind switch
    {
        FileKind.File when facts.Names > 1 => "has a second name elsewhere (a hard link).",
        FileKind.File => Foreign(facts, mayBeRead: false),
        FileKind.Missing => null,
        FileKind.Folder => null,
        FileKind.Link => "is a link.",
        _ => "is no file.",
    };

    private string? Foreign(FileFacts facts, bool mayBeRead)
    {
        string? fault =
            facts.Owner is { } owner && !Account.IsTrusted(owner) ? $"belongs to {Account.Describe(owner)}, and not to the account of this process, {Account.Describe(Account.Current)}."
            : facts.OthersMayWrite ? $"may be written by other accounts (mode {Octal(facts.Mode)})."
            : !mayBeRead && facts.OthersMayRead ? $"may be read by other accounts (mode {Octal(facts.Mode)})."
            : null;
        return fault is null || !_keepsRights.Value ? null : fault;
    }

    private IOException Refusal(string path, string fault) => Refusal(path, fault, $" Others could read or place {what} there.");

    private IOException Refusal(string path, string fault, string danger)
    {
        string account = Account.Short(Account.Current);
        string fix = OperatingSystem.IsWindows() ? "Put a folder of the app's own in its place." : $"Make it this account's alone: chown -R {account} '{root}' && chmod -R go-rwx '{root}'.";
        string name = path == root ? $"The folder of {what} '{root}'" : $"In the folder of {what}, '{path}'";
        return new IOException($"{name} {fault}{danger} {Advice(fix)}");
    }

    private string Advice(string fix) => $"{fix} {setting}";

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    // Each link on the way must be this account's or root's: whoever owns one leads elsewhere whenever they like.
    private string Resolved(string path)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            if (FirstLink(full) is not { } link)
            {
                return full;
            }

            if (FileFacts.Of(link).Owner is { } owner && !Account.IsTrusted(owner))
            {
                throw Refusal(link, $"is a link of {Account.Describe(owner)}.");
            }

            string target = new FileInfo(link).LinkTarget ?? throw new IOException($"The link '{link}' can't be followed.");
            full = Path.GetFullPath(Path.Join(Path.GetFullPath(target, Path.GetDirectoryName(link)!), full[link.Length..]));
        }

        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The folder of {what} '{root}' is behind more than {MostLinks} links."));
    }

    private static string? FirstLink(string full)
    {
        for (int end = Path.GetPathRoot(full)!.Length; end <= full.Length; end++)
        {
            if ((end == full.Length || full[end] == Path.DirectorySeparatorChar) && end > 0 && FileFacts.Of(full[..end]).Kind == FileKind.Link)
            {
                return full[..end];
            }
        }

        return null;
    }

    // Told by the open file: a name could be exchanged meanwhile, by the very one who may write there.
    private static bool KeepsRights(string root)
    {
        string path = Path.Join(root, $"{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            using var file = new FileStream(path, SessionFolder.OwnerOnly(FileMode.CreateNew, FileAccess.Write, FileShare.None));
            try
            {
                return !OperatingSystem.IsLinux() || !LinuxFiles.TryLook(file.SafeFileHandle, out FileFacts facts)
                    ? OperatingSystem.IsWindows() || (File.GetUnixFileMode(file.SafeFileHandle) & (UnixFileMode)0x3F) == 0
                    : facts.Owner == Account.Current && (facts.Mode & (UnixFileMode)0x3F) == 0;
            }
            finally
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What can't be written to is not such a file system's fault.
            return true;
        }
    }
}
