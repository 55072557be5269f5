using System.Text.RegularExpressions;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>What the operating system means by an error.</summary>
internal static partial class FileErrors
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int Attempts = 50;

    /// <summary>Whether another handle has the file open for itself alone.</summary>
    internal static bool IsInUse(IOException exception) => exception.HResult == (
        OperatingSystem.IsWindows() ? WindowsSharingViolation
        : OperatingSystem.IsLinux() ? LinuxWouldBlock
        : MacWouldBlock);

    /// <summary>
    /// Runs <paramref name="operation"/>, whose error does not tell what a session's file is called: its name is the session's key. On Windows a file that another
    /// handle is just replacing or deleting denies access for a moment, so it is repeated for about 50 ms there before the error counts.
    /// </summary>
    internal static T Outlast<T>(Func<T> operation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return operation();
            }
            catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && attempt < Attempts)
            {
                Thread.Sleep(1);
            }
            catch (Exception error) when (error is UnauthorizedAccessException or IOException && NamesKey().IsMatch(error.Message))
            {
                // Nothing of the one that it was: who logs an error logs what it follows from as well.
                string told = NamesKey().Replace(error.Message, static name => SessionKey.TryParseHex(name.ValueSpan, out SessionKey key) ? key.Fingerprint : name.Value);
                throw error switch
                {
                    UnauthorizedAccessException => new UnauthorizedAccessException(told),
                    FileNotFoundException => new FileNotFoundException(told),
                    DirectoryNotFoundException => new DirectoryNotFoundException(told),
                    _ => new IOException(told, error.HResult),
                };
            }
        }
    }

    /// <inheritdoc cref="Outlast{T}(Func{T})"/>
    internal static void Outlast(Action operation) => Outlast(() =>
    {
        operation();
        return true;
    });

    /// <summary>Runs what comes before a session's file is changed: if it fails, that nothing is stored is certain.</summary>
    internal static T Beforehand<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception error) when (IsOfFile(error))
        {
            throw NothingStored(error);
        }
    }

    /// <inheritdoc cref="Beforehand{T}(Func{T})"/>
    internal static void Beforehand(Action operation) => Beforehand(() =>
    {
        operation();
        return true;
    });

    /// <inheritdoc cref="Beforehand{T}(Func{T})"/>
    internal static async ValueTask<T> BeforehandAsync<T>(ValueTask<T> operation)
    {
        try
        {
            return await operation.ConfigureAwait(false);
        }
        catch (Exception error) when (IsOfFile(error))
        {
            throw NothingStored(error);
        }
    }

    private static bool IsOfFile(Exception error) => error is IOException or UnauthorizedAccessException;

    private static SessionStoreException NothingStored(Exception error) => new(error.Message, error) { IsOutcomeUnknown = false };

    [GeneratedRegex("[0-9a-f]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex NamesKey();
}
