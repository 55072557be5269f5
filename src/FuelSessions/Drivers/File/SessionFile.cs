using FuelSessions.Records;
using Microsoft.Win32.SafeHandles;

namespace FuelSessions.Drivers;

/// <summary>
/// One session's file: <see cref="FileHeader"/>, then the record as <see cref="SessionRecordFormat"/> writes it. A file
/// appears whole, by a rename, and from then on only its header changes: so a reader needs no lock, and the length it
/// finds is the length it reads.
/// </summary>
internal static class SessionFile
{
    private const FileShare WithEveryone = FileShare.ReadWrite | FileShare.Delete;
    private const int HeaderAttempts = 4;

    /// <summary>The record; null if there is no file, or its time is over.</summary>
    /// <exception cref="SessionRecordFormatException">The file is not a whole record of that session.</exception>
    internal static SessionRecord? Read(string path, SessionKey key, DateTimeOffset now)
    {
        using SafeFileHandle? file = Open(path, FileAccess.Read);
        if (file is null || ReadExpires(file, key) is var expires && expires <= now)
        {
            return null;
        }

        SessionRecord record = SessionRecordFormat.Decode(key, ReadContent(file));
        return record.Expires == expires ? record : record with { Expires = expires };
    }

    /// <summary>When the record ends; null if there is no file.</summary>
    /// <exception cref="SessionRecordFormatException">The header is damaged.</exception>
    internal static DateTimeOffset? ReadExpires(string path, SessionKey key)
    {
        using SafeFileHandle? file = Open(path, FileAccess.Read);
        return file is null ? null : ReadExpires(file, key);
    }

    /// <summary>Moves the end of a record. The caller holds the lock, and has seen that the record is there.</summary>
    internal static void Touch(string path, SessionKey key, DateTimeOffset expires)
    {
        using SafeFileHandle file = FileErrors.Outlast(() => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, WithEveryone));

        // Not flushed: if the power fails within the next seconds, the session ends one touch earlier.
        Span<byte> header = stackalloc byte[FileHeader.Size];
        FileHeader.Write(header, key, expires);
        RandomAccess.Write(file, header, 0);
    }

    /// <summary>Puts the record in place of what is there. The caller holds the lock.</summary>
    internal static void Replace(string path, SessionRecord record)
    {
        string temporary = SessionFolder.TemporaryFor(path);
        try
        {
            // Until it has its name it is nobody's session.
            FileErrors.Beforehand(() => FileErrors.Outlast(() => WriteNew(temporary, record)));
            FileErrors.Outlast(() => File.Move(temporary, path, overwrite: true));
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    private static void WriteNew(string path, SessionRecord record)
    {
        Span<byte> header = stackalloc byte[FileHeader.Size];
        FileHeader.Write(header, record.Key, record.Expires);
        using var file = new FileStream(path, SessionFolder.OwnerOnly(FileMode.CreateNew, FileAccess.Write, FileShare.None));
        file.Write(header);
        file.Write(SessionRecordFormat.Encode(record));

        // Before the rename, or a power failure may leave the new name with the old disk blocks: an empty record.
        file.Flush(flushToDisk: true);
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report; the collection removes the file in an hour.
        }
    }

    private static SafeFileHandle? Open(string path, FileAccess access)
    {
        try
        {
            return FileErrors.Outlast(() => File.OpenHandle(path, FileMode.Open, access, WithEveryone));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static DateTimeOffset ReadExpires(SafeFileHandle file, SessionKey key)
    {
        Span<byte> header = stackalloc byte[FileHeader.Size];
        for (int attempt = 0; attempt < HeaderAttempts; attempt++)
        {
            if (RandomAccess.Read(file, header, 0) == header.Length && FileHeader.TryRead(header, key, out DateTimeOffset expires))
            {
                return expires;
            }

            // No file system promises that eight bytes are read as they were written, so a touch may be seen half done.
            Thread.Yield();
        }

        throw new SessionRecordFormatException($"The session file of {RandomAccess.GetLength(file)} bytes has a damaged header.");
    }

    private static byte[] ReadContent(SafeFileHandle file)
    {
        long size = RandomAccess.GetLength(file) - FileHeader.Size;
        if (size > Array.MaxLength)
        {
            throw new SessionRecordFormatException($"A file of {size} bytes is not a session record.");
        }

        byte[] content = GC.AllocateUninitializedArray<byte>((int)size);
        for (int position = 0; position < content.Length;)
        {
            int read = RandomAccess.Read(file, content.AsSpan(position), FileHeader.Size + position);
            if (read == 0)
            {
                throw new SessionRecordFormatException($"The session file ends after {position} of {size} bytes.");
            }

            position += read;
        }

        return content;
    }
}
