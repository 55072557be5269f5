using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Hosting;

public class RecentTokensTests
{
    private const string Name = "sid";
    private const string Text = "text of no less than sixteen";

    private static SessionId NewId(SessionKey key) => new(key, SessionSecret.Create());

    private static DataKey NewKey(TimeProvider clock) => new(new byte[DataKey.Size], "key", clock.GetTimestamp());

    [Fact]
    public void Answers_of_parallel_requests_carry_the_same_text_although_the_old_id_is_still_read()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var tokens = new RecentTokens(clock);
        DataKey dataKey = NewKey(clock);
        for (int round = 0; round < 2_000; round++)
        {
            var key = SessionKey.Create();
            (SessionId old, SessionId next) = (NewId(key), NewId(key));
            IdText[] sent = new IdText[8];
            Parallel.For(0, sent.Length, i =>
            {
                tokens.Received($"old {round}", old, dataKey, Name);
                sent[i] = tokens.Find(next, Name) ?? tokens.Sent(next, $"next {round} of {i}", dataKey, Name);
            });
            Assert.Single(sent.Distinct());
        }
    }

    [Fact]
    public void A_text_is_known_while_its_data_key_is_trusted()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var tokens = new RecentTokens(clock);
        SessionId id = NewId(SessionKey.Create());
        DataKey key = NewKey(clock);
        tokens.Received(Text, id, key, Name);
        tokens.Received(Text, id, key, Name);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(tokens.TryFind(Text + "key", Name, out SessionId found));
        Assert.Equal(id.Encode(), found.Encode());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(tokens.TryFind(Text + "key", Name, out _));
        key.TrustSince(clock.GetTimestamp());
        Assert.True(tokens.TryFind(Text + "key", Name, out _));
    }

    /// <summary>One object a request that lives for a moment would cost each collection of garbage more than all others.</summary>
    [Fact]
    public void A_text_that_came_once_is_not_kept()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var tokens = new RecentTokens(clock);
        SessionId id = NewId(SessionKey.Create());
        DataKey key = NewKey(clock);
        tokens.Received(Text, id, key, Name);
        Assert.False(tokens.TryFind(Text + "key", Name, out _));
        tokens.Received(Text, id, key, Name);
        Assert.True(tokens.TryFind(Text + "key", Name, out SessionId found));
        Assert.Equal(id.Encode(), found.Encode());
    }

    [Fact]
    public void Another_text_is_not_known()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var tokens = new RecentTokens(clock);
        SessionId id = NewId(SessionKey.Create());
        tokens.Received(Text, id, NewKey(clock), Name);
        tokens.Received(Text, id, NewKey(clock), Name);
        Assert.True(tokens.TryFind(Text + "key", Name, out _));
        Assert.False(tokens.TryFind("texT of no less than sixteen" + "key", Name, out _));
    }
}
