namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>Which file it is. No other one has its number for as long as anybody has it open.</summary>
internal readonly record struct FileNumber(ulong Device, ulong Number)
{
    /// <returns>Null if there is none, or the system can't tell.</returns>
    internal static FileNumber? Of(string path) =>
        LinuxStat.Ask(path, follows: true, out LinuxStat.Answer answer) == 0 ? new FileNumber(answer.Device, answer.Number) : null;
}
