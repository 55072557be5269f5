using System.Security.Cryptography;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// Which keys belong to whom: <c>by-principal/</c>, a folder a principal, named by a hash of its name, with an empty file for each key. It is made before
/// the session's own file, and removed after it, both under the lock of that: so a crash can leave one too many, never one too few.
/// </summary>
/// <param name="folder">The folder of all shelves.</param>
/// <param name="locks">Of the shelves.</param>
/// <param name="flush">Flushes one folder; null: they are left to the file system.</param>
internal sealed class PrincipalFiles(SessionFolder folder, ShelfLocks locks, Action<string>? flush)
{
    // Whoever takes a folder that is being emptied makes it again.
    private const int Attempts = 100;

    private volatile bool _isOnDisk;

    private string Root => folder.PrincipalsPath;

    /// <summary>The caller holds the lock of the key's shelf.</summary>
    internal void Add(string principal, SessionKey key)
    {
        string place = FolderOf(principal);
        string path = Path.Join(place, key.ToHex());
        for (int attempt = 1; !File.Exists(path); attempt++)
        {
            try
            {
                folder.Subfolder(SessionFolder.Principals);
                folder.Subfolder(Path.Join(SessionFolder.Principals, Path.GetFileName(place)));
                using FileStream file = FileErrors.Outlast(
                    () => new FileStream(path, SessionFolder.OwnerOnly(FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)));
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Removed between two of these steps, as it was empty: which of them meets that decides what it is called.
            }
        }

        Flush(place);
    }

    /// <summary>The same.</summary>
    internal void Remove(string principal, SessionKey key) => Remove(Path.Join(FolderOf(principal), key.ToHex()));

    internal IEnumerable<SessionKey> KeysOf(string principal) => KeysIn(FolderOf(principal));

    /// <summary>Removes what leads to no session any more, as expired ones leave it behind.</summary>
    internal async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Root))
        {
            return;
        }

        foreach (string place in Directory.EnumerateDirectories(Root))
        {
            foreach (SessionKey key in KeysIn(place))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!File.Exists(folder.PathOf(key)))
                {
                    using ShelfLocks.Held held = await locks.AcquireAsync(SessionFolder.ShelfOf(key), cancellationToken).ConfigureAwait(false);
                    if (!File.Exists(folder.PathOf(key)))
                    {
                        Remove(Path.Join(place, key.ToHex()));
                    }
                }
            }
        }
    }

    // Each time, also what is there: whoever has made it may not have come to this. But for the outermost, which stays.
    private void Flush(string place)
    {
        if (flush is null)
        {
            return;
        }

        flush(place);
        flush(Root);
        if (!_isOnDisk)
        {
            flush(folder.Root);
            _isOnDisk = true;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);

            // Only if it is empty.
            Directory.Delete(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // One too many is no harm.
        }
    }

    private static List<SessionKey> KeysIn(string place)
    {
        List<SessionKey> keys = [];
        try
        {
            foreach (string path in Directory.EnumerateFiles(place))
            {
                if (SessionKey.TryParseHex(Path.GetFileName(path.AsSpan()), out SessionKey key))
                {
                    keys.Add(key);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nobody's, or of a principal that has none any more.
        }

        return keys;
    }

    private string FolderOf(string principal) =>
        Path.Join(Root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(principal)).AsSpan(0, 16)));
}
