using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Records;

public sealed class SessionRecordTests
{
    private static readonly SessionRecord Full = SampleRecords.Full(FakeClock.AtPresent().GetUtcNow());

    public static TheoryData<string, Func<SessionRecord, SessionRecord>> Removals => new()
    {
        { nameof(SessionRecord.PreviousHash), record => record with { PreviousHash = null } },
        { nameof(SessionRecord.Nonce), record => record with { Nonce = null } },
        { nameof(SessionRecord.TokenSecret), record => record with { TokenSecret = null } },
        { nameof(SessionRecord.Binding), record => record with { Binding = null } },
        { nameof(SessionRecord.Confirmed), record => record with { Confirmed = null } },
        { nameof(SessionRecord.UserAgentHash), record => record with { UserAgentHash = null } },
        { nameof(SessionRecord.UserAgentFamilyHash), record => record with { UserAgentFamilyHash = null } },
        { nameof(SessionRecord.IpHash), record => record with { IpHash = null } },
    };

    [Theory]
    [MemberData(nameof(Removals))]
    public void What_is_optional_can_be_taken_away_alone(string name, Func<SessionRecord, SessionRecord> remove)
    {
        SessionRecord without = remove(Full);
        Assert.NotEqual(Full, without);
        foreach (var field in typeof(SessionRecord).GetProperties())
        {
            Assert.Equal(field.Name == name ? null : field.GetValue(Full), field.GetValue(without));
        }
    }

    [Fact]
    public void Nothing_differs_from_zero()
    {
        SessionRecord zeros = Full with
        {
            PreviousHash = new SecretHash(0),
            Nonce = new RotationNonce(0),
            Confirmed = DateTimeOffset.MinValue,
            UserAgentHash = 0,
            UserAgentFamilyHash = 0,
            IpHash = 0,
        };
        SessionRecord nothing = Removals.Aggregate(Full, (record, removal) => ((Func<SessionRecord, SessionRecord>)removal[1])(record));
        Assert.NotEqual(zeros, nothing);
        Assert.Equal((0UL, 0UL, 0UL), (zeros.UserAgentHash, zeros.UserAgentFamilyHash, zeros.IpHash));
        Assert.Equal((new SecretHash(0), new RotationNonce(0), DateTimeOffset.MinValue), (zeros.PreviousHash, zeros.Nonce, zeros.Confirmed));
    }

    [Fact]
    public void What_there_is_of_a_rotation_can_be_given_one_by_one_in_any_order()
    {
        SessionRecord none = Full with { PreviousHash = null, Nonce = null, SealedPrevious = default };
        Assert.Equal((null, null, default(UInt128)), (none.PreviousHash, none.Nonce, none.SealedPrevious));
        Func<SessionRecord, SessionRecord>[] parts =
        [
            record => record with { PreviousHash = Full.PreviousHash },
            record => record with { Nonce = Full.Nonce },
            record => record with { SealedPrevious = Full.SealedPrevious },
        ];
        foreach (int[] order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            SessionRecord whole = order.Aggregate(none, (record, part) => parts[part](record));
            Assert.Equal(Full, whole);
            Assert.Equal(Full.GetHashCode(), whole.GetHashCode());
            Assert.NotEqual(Full, parts[order[1]](parts[order[0]](none)));
        }
    }

    [Fact]
    public void Times_are_the_same_moments_in_utc()
    {
        var time = new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));
        SessionRecord record = Full with { Created = time, Rotated = time, Confirmed = time, Updated = time, Expires = time };
        foreach (DateTimeOffset? kept in (DateTimeOffset?[])[record.Created, record.Rotated, record.Confirmed, record.Updated, record.Expires])
        {
            Assert.Equal((time.UtcTicks, TimeSpan.Zero), (kept!.Value.UtcTicks, kept.Value.Offset));
        }
    }
}
