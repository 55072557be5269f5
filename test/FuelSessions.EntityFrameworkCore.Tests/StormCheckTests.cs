using FuelSessions.EntityFrameworkCore.Tests.Storm;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>The storm itself is no test, as it depends on chance (build/storm.sh); what it takes for a difference is one.</summary>
public sealed class StormCheckTests
{
    [Theory]
    [InlineData("All is well", "1 2", "Acknowledged 1, Acknowledged 2, Refused 3")]
    [InlineData("Nobody knows", "1 2", "Acknowledged 1, Unknown 2, Unknown 3")]
    [InlineData("Lost", "1", "Acknowledged 1, Acknowledged 2", "write 00000000000002 was told Acknowledged, and is stored 0 times")]
    [InlineData("Twice", "1 1", "Acknowledged 1", "write 00000000000001 was told Acknowledged, and is stored 2 times")]
    [InlineData("Twice, unseen", "1 2 2", "Acknowledged 1, Unknown 2", "write 00000000000002 was told Unknown, and is stored 2 times")]
    [InlineData("Refused and stored", "1 2", "Acknowledged 1, Refused 2", "write 00000000000002 was told Refused, and is stored once")]
    [InlineData("Gone", "1", "Acknowledged 1, Gone 2", "write 00000000000002 was told Gone, and is stored 0 times")]
    [InlineData("Its own rival", "1 2", "Acknowledged 1, LostToItself 2", "write 00000000000002 was told LostToItself, and is stored once")]
    [InlineData("Nobody's", "1 2", "Acknowledged 1", "it holds write 00000000000002 once, which nobody has written to it")]
    public void What_was_told_is_held_against_what_is_stored(string name, string stored, string told, string? difference = null)
    {
        SessionRecord record = Record(stored);
        var check = new StormCheck();
        check.Add(record.Key, Reports(record.Key, told), record, principal: null);
        Assert.Equal(difference is null ? [] : [$"session {record.Key.Fingerprint}: {difference}"], check.Differences);
        Assert.Equal(record.Version, check.Versions);
        Assert.Equal(name == "Nobody knows" ? 1 : 0, check.UnknownStored);
    }

    [Fact]
    public void A_session_that_is_gone_a_wrong_version_and_a_wrong_principal_are_differences()
    {
        SessionRecord record = Record("1 2");
        string session = $"session {record.Key.Fingerprint}";
        var check = new StormCheck();
        check.Add(record.Key, Reports(record.Key, "Acknowledged 1"), record: null, principal: null);
        check.Add(record.Key, Reports(record.Key, "Unknown 1"), record: null, principal: null);
        check.Add(record.Key, Reports(record.Key, "Acknowledged 1, Acknowledged 2"), record with { Version = 3, Principal = "user 1" }, principal: "user 2");
        check.Add(record.Key, Reports(record.Key, "Acknowledged 1"), record with { Data = new byte[3] }, principal: null);
        Assert.Equal(
            [
                $"{session}: write 00000000000001 was told Acknowledged, and is stored 0 times",
                $"{session}: it is in version 3, and holds 2 writes",
                $"{session}: it is found by another principal than its own",
                $"{session}: its data are nothing that was written",
            ],
            check.Differences);
    }

    [Fact]
    public void A_report_is_the_same_on_the_other_side()
    {
        var report = new WriteReport(WriteOutcome.Unknown, Nonce.Of(1, 31, 1999), SessionKey.Create());
        Assert.Equal(report, WriteReport.Parse(report.ToString()));
        Assert.Equal([report.Nonce], Nonce.Read(report.Nonce.AddedTo([]))!);
    }

    private static SessionRecord Record(string nonces)
    {
        byte[] data = nonces.Split(' ').Aggregate(Array.Empty<byte>(), (data, nonce) => Nonce.Parse(nonce).AddedTo(data));
        return Support.Records.New(DateTimeOffset.UnixEpoch, data) with { Version = nonces.Split(' ').Length };
    }

    private static IEnumerable<WriteReport> Reports(SessionKey session, string told) =>
        told.Split(", ").Select(report => WriteReport.Parse($"{report} {session.ToHex()}"));
}
