using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>
/// Holds what is stored against what the writers were told: a session's version is the number of its writes, and these are all that were
/// acknowledged, some whose outcome was unknown, and no other ones, each of them once.
/// </summary>
internal sealed class StormCheck
{
    private readonly List<string> _differences = [];

    /// <summary>Which session, and what differs; empty if all is well.</summary>
    internal IReadOnlyList<string> Differences => _differences;

    /// <summary>The versions of all sessions, added up.</summary>
    internal long Versions { get; private set; }

    /// <summary>Writes whose outcome was unknown that are stored.</summary>
    internal long UnknownStored { get; private set; }

    /// <param name="session">Which one.</param>
    /// <param name="reports">What the writers to it were told.</param>
    /// <param name="record">What is stored; null: nothing.</param>
    /// <param name="principal">What it is found by.</param>
    internal void Add(SessionKey session, IEnumerable<WriteReport> reports, SessionRecord? record, string? principal)
    {
        Nonce[]? stored = record is null ? [] : Nonce.Read(record.Data.Span);
        if (stored is null)
        {
            Differ(session, "its data are nothing that was written");
            return;
        }

        long version = record?.Version ?? 0;
        Versions += version;
        if (version != stored.Length)
        {
            Differ(session, $"it is in version {version}, and holds {stored.Length} writes");
        }

        if (principal != record?.Principal)
        {
            Differ(session, "it is found by another principal than its own");
        }

        Dictionary<Nonce, int> times = stored.GroupBy(nonce => nonce).ToDictionary(same => same.Key, same => same.Count());
        foreach (WriteReport report in reports)
        {
            times.Remove(report.Nonce, out int count);
            Judge(report, count);
        }

        foreach ((Nonce nonce, int count) in times)
        {
            Differ(session, $"it holds write {nonce} {Times(count)}, which nobody has written to it");
        }
    }

    private void Judge(WriteReport report, int times)
    {
        bool isRight = report.Outcome switch
        {
            WriteOutcome.Acknowledged => times == 1,
            WriteOutcome.Unknown => times <= 1,
            WriteOutcome.Refused => times == 0,
            _ => false,
        };
        if (!isRight)
        {
            Differ(report.Session, $"write {report.Nonce} was told {report.Outcome}, and is stored {Times(times)}");
        }
        else if (report.Outcome == WriteOutcome.Unknown)
        {
            UnknownStored += times;
        }
    }

    private void Differ(SessionKey session, string what) => _differences.Add($"session {session.Fingerprint}: {what}");

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";
}
