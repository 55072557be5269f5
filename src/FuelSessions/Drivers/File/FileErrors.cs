namespace FuelSessions.Drivers;

/// <summary>What the operating system means by an error.</summary>
internal static class FileErrors
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
    /// Runs <paramref name="operation"/>. On Windows a file that another handle is just replacing or deleting denies
    /// access for a moment, so it is repeated for about 50 ms there before the error counts.
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
        }
    }
}
