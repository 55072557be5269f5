using System.Security.Cryptography;
using FuelSessions.Drivers;

namespace FuelSessions.Tokens.Stores.File;

/// <summary>
/// A lock between threads and processes: a file that one handle at a time can have open. The system closes it, and so frees it, when a
/// process dies. It stays where it is: deleting it would let two processes hold two files of one name.
/// </summary>
internal static class ExclusiveFile
{
    private const int LongestWait = 8;

    /// <summary>What to dispose of to let go; null if another handle has it.</summary>
    internal static FileStream? TryOpen(TokenFolder folder, string path)
    {
        try
        {
            return TryOpen(path);
        }
        catch (DirectoryNotFoundException)
        {
            folder.Create();
            return TryOpen(path);
        }
    }

    /// <summary>Waits until it is free. The wait is real time by nature, and uneven so that two processes don't keep step.</summary>
    internal static async ValueTask<FileStream> OpenAsync(TokenFolder folder, string path, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(folder, path) is { } file)
            {
                return file;
            }

            await Task.Delay(Pause(attempt), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same on the calling thread.</summary>
    internal static FileStream Open(TokenFolder folder, string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (TryOpen(folder, path) is { } file)
            {
                return file;
            }

            Thread.Sleep(Pause(attempt));
        }
    }

    /// <exception cref="IOException">Locks have no effect there, as on some network file systems, or with System.IO.DisableFileLocking.</exception>
    internal static void RequireEffect(TokenFolder folder)
    {
        using FileStream? first = TryOpen(folder, folder.WriteLock);
        using FileStream? second = first is null ? null : TryOpen(folder, folder.WriteLock);
        if (second is not null)
        {
            throw new IOException(
                $"File locks have no effect in the token folder '{folder.Root}', so two processes could use up one refresh token there. "
                + "Put it on a local file system, and leave System.IO.DisableFileLocking off.");
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, SessionFolder.OwnerOnly(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (FileErrors.IsInUse(error))
        {
            return null;
        }
    }

    private static int Pause(int attempt) => RandomNumberGenerator.GetInt32(1, 1 + Math.Min(attempt, LongestWait));
}
