using FuelSessions.Drivers;

namespace FuelSessions.Tokens.Stores.File;

/// <summary>
/// Where the file store's files are: <c>(64 digits).json</c>, one a token; <c>(64 digits).lock</c>, open while that token is renewed;
/// <c>lock</c>, open while one is written; <c>new.tmp</c>, the one being written; and <c>keys</c>.
/// </summary>
internal sealed class TokenFolder
{
    private readonly string _root;

    /// <exception cref="IOException">The folder can't be made.</exception>
    internal TokenFolder(string root)
    {
        _root = Path.GetFullPath(root);
        Create();
    }

    internal string Root => _root;

    internal string WriteLock => Path.Join(_root, "lock");

    internal string Temporary => Path.Join(_root, "new.tmp");

    internal string Token(TokenKey key) => Path.Join(_root, TokenName.Of(key) + ".json");

    internal string RenewalLock(TokenKey key) => Path.Join(_root, TokenName.Of(key) + ".lock");

    /// <summary>Makes it for its owner only. What exists keeps its rights: whoever made it may have meant them.</summary>
    internal void Create() => SessionFolder.CreateOwnerOnly(_root);

    /// <summary>The folder of the Data Protection keys, made if it is missing.</summary>
    internal DirectoryInfo Keys()
    {
        string path = Path.Join(_root, "keys");
        SessionFolder.CreateOwnerOnly(path);
        return new DirectoryInfo(path);
    }
}
