using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace FuelSessions.Drivers;

/// <summary>What Linux says of a path itself, or of an open file.</summary>
internal static class LinuxFiles
{
    /// <summary>False if this system can't answer in that way.</summary>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into.</exception>
    internal static bool TryLook(string path, out FileFacts facts) => IsAnswer(LinuxStat.Ask(path, follows: false, out LinuxStat.Answer answer), answer, out facts);

    /// <summary>The same of an open file, which nobody can exchange meanwhile.</summary>
    internal static bool TryLook(SafeFileHandle file, out FileFacts facts) => IsAnswer(LinuxStat.Ask(file, out LinuxStat.Answer answer), answer, out facts);

    private static bool IsAnswer(int? error, in LinuxStat.Answer answer, out FileFacts facts)
    {
        facts = error == 0 ? FileFacts.OfUnix(answer.Mode, answer.Owner, answer.Names) : default;
        return error switch
        {
            0 or LinuxStat.NoSuchEntry or LinuxStat.NoFolder => true,
            LinuxStat.NoAccess => throw new UnauthorizedAccessException(new Win32Exception(LinuxStat.NoAccess).Message),
            _ => false,
        };
    }
}
