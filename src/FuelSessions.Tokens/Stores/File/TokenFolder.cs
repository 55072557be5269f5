using FuelSessions.Drivers;

namespace FuelSessions.Tokens.Stores.File;

/// <summary>
/// Where the file store's files are: <c>(64 digits).json</c>, one a token; <c>(64 digits).lock</c>, open while that token is renewed;
/// <c>lock</c>, open while one is written; <c>new.tmp</c>, the one being written; and <c>keys</c>.
/// </summary>
internal sealed class TokenFolder
{
    private const string Setting = "Or name another folder, or, if others are meant to have a hand in it, pass allowShared to UseFile.";

    private readonly string _root;
    private readonly FolderTrust _trust;

    /// <exception cref="IOException">The folder can't be made, or others than this account have a hand in it.</exception>
    internal TokenFolder(string root, bool isShared)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _trust = new FolderTrust(_root, "tokens", Setting, isShared);
        _trust.RequireWay();
        Create();
        _trust.RequireWritable(WriteLock);
        _trust.RequireWritable(Temporary);
    }

    internal string Root => _root;

    internal string WriteLock => Path.Join(_root, "lock");

    internal string Temporary => Path.Join(_root, "new.tmp");

    internal string Token(TokenKey key) => Path.Join(_root, TokenName.Of(key) + ".json");

    internal string RenewalLock(TokenKey key) => Path.Join(_root, TokenName.Of(key) + ".lock");

    /// <summary>Makes it for its owner only. What exists keeps its rights, as long as nobody else may write there.</summary>
    internal void Create()
    {
        SessionFolder.CreateOwnerOnly(_root);
        _trust.RequireRoot();
    }

    /// <summary>Whether there is such a file.</summary>
    /// <exception cref="StoredTokenFormatException">There is, and another account may have written or read it.</exception>
    internal bool Contains(string path)
    {
        bool there = _trust.Contains(path, out string? fault);
        return fault is null ? there : throw new StoredTokenFormatException(fault);
    }

    /// <summary>The folder of the Data Protection keys, made if it is missing.</summary>
    /// <exception cref="IOException">Others have a hand in it.</exception>
    internal DirectoryInfo Keys()
    {
        string path = Path.Join(_root, "keys");
        SessionFolder.CreateOwnerOnly(path);
        _trust.RequireFolder(path);
        var keys = new DirectoryInfo(path);
        foreach (FileInfo file in keys.EnumerateFiles())
        {
            _trust.RequireFile(file.FullName);
        }

        return keys;
    }
}
