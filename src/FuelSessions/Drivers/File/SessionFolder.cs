using System.Globalization;
using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// Where the file driver's files are: <c>ab/ab…</c>, 32 hexadecimal digits, one file a session, on 256 shelves named
/// by the first two digits. A shelf keeps directories small on file systems that search them in order, lets a
/// collection go on where it stopped, and is what one lock covers (<c>ab/lock</c>).
/// </summary>
internal sealed class SessionFolder
{
    internal const int Shelves = 256;
    internal const string Principals = "by-principal";

    private const string TemporarySuffix = ".tmp";
    private const int NameLength = 2 * SessionKey.Size;

    private const string Setting = "Or name another folder (FuelSessions:File:Path), or, if others are meant to have a hand in it, set FuelSessions:File:AllowSharedFolder.";

    private readonly string _root;

    /// <exception cref="IOException">The folder can't be made, or others than this account have a hand in it.</exception>
    internal SessionFolder(string root, bool isShared)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Trust = new FolderTrust(_root, "sessions", Setting, isShared);
        Trust.RequireWay();
        CreateOwnerOnly(_root);
        if (!isShared)
        {
            RequireTrust();
        }
    }

    internal FolderTrust Trust { get; }

    internal string Root => _root;

    /// <summary>Where <see cref="PrincipalFiles"/> are.</summary>
    internal string PrincipalsPath => Path.Join(_root, Principals);

    /// <summary>Whether there may be sessions in it.</summary>
    internal bool HasShelves => Enumerable.Range(0, Shelves).Any(shelf => Directory.Exists(ShelfPath(shelf)));

    internal static int ShelfOf(SessionKey key)
    {
        Span<byte> bytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(bytes);
        return bytes[0];
    }

    internal string PathOf(SessionKey key)
    {
        string name = key.ToHex();
        return Path.Join(_root, name.AsSpan(0, 2), name);
    }

    /// <summary>
    /// Whether there is a file of that path, which <see cref="PathOf"/> gave. Cheaper than to open one that is missing, as after an expired id.
    /// </summary>
    /// <exception cref="SessionRecordFormatException">There is something that may be another account's: a session is not read from it.</exception>
    /// <exception cref="IOException">Nobody can tell: the folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    internal bool Contains(string path)
    {
        // Not File.Exists, which calls a file missing that it can't look at: an outage would log people out.
        bool there = Trust.Contains(path, out string? fault);
        if (fault is not null)
        {
            throw new SessionRecordFormatException(fault);
        }

        return there || !File.Exists(_root) ? there : throw new IOException($"The session folder '{_root}' is a file.");
    }

    internal string LockPathOf(int shelf) => Path.Join(ShelfPath(shelf), "lock");

    internal void CreateShelf(int shelf)
    {
        CreateOwnerOnly(_root);
        CreateOwnerOnly(ShelfPath(shelf));
        Trust.RequireRoot();
        Trust.RequireFolder(ShelfPath(shelf));
    }

    /// <summary>A folder beside the shelves, made if it is missing.</summary>
    internal DirectoryInfo Subfolder(string name)
    {
        string path = Path.Join(_root, name);
        CreateOwnerOnly(path);
        Trust.RequireFolder(path);
        return new DirectoryInfo(path);
    }

    /// <summary>Every file on a shelf, whatever its name, read from the disk as the caller goes on.</summary>
    internal IEnumerable<string> FilesOn(int shelf)
    {
        string path = ShelfPath(shelf);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path) : [];
    }

    /// <summary>A new name beside <paramref name="path"/>: a rename is atomic only within one file system.</summary>
    internal static string TemporaryFor(string path) =>
        string.Concat(path, ".", RandomNumberGenerator.GetHexString(8, lowercase: true), TemporarySuffix);

    internal static bool IsTemporary(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        return name.Length == NameLength + 9 + TemporarySuffix.Length
            && name[NameLength] == '.'
            && name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
            && SessionKey.TryParseHex(name[..NameLength], out _);
    }

    /// <summary>Whether the file is where <see cref="PathOf"/> puts a session; anything else in the folder is not ours.</summary>
    internal bool TryGetKey(string path, out SessionKey key) =>
        SessionKey.TryParseHex(Path.GetFileName(path.AsSpan()), out key) && path == PathOf(key);

    internal static FileStreamOptions OwnerOnly(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    // What exists keeps its rights: whoever made the folder may have meant them.
    internal static void CreateOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // Once: into what is this account's alone nobody else can put anything later.
    private void RequireTrust()
    {
        Trust.RequireRoot();
        Trust.RequireWritable(Path.Join(_root, "lock"));
        if (FileFacts.Of(PrincipalsPath).Kind != FileKind.Missing)
        {
            Trust.RequireFolder(PrincipalsPath);
        }

        for (int shelf = 0; shelf < Shelves; shelf++)
        {
            if (FileFacts.Of(ShelfPath(shelf)).Kind != FileKind.Missing)
            {
                Trust.RequireFolder(ShelfPath(shelf));
                Trust.RequireWritable(LockPathOf(shelf));
            }
        }
    }

    internal string ShelfPath(int shelf) => Path.Join(_root, shelf.ToString("x2", CultureInfo.InvariantCulture));
}
