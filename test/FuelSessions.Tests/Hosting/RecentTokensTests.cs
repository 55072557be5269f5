using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Hosting;

public class RecentTokensTests
{
    private const string Name = "sid";
    private const string Text = "text of no less than sixteen";

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly SessionId _id = NewId(SessionKey.Create());
    private readonly DataKey _key;
    private readonly RecentTokens _tokens;

    public RecentTokensTests()
    {
        _key = new DataKey(new byte[DataKey.Size], "key", _clock.GetTimestamp());
        _tokens = new RecentTokens(_clock);
    }

    [Fact]
    public void Answers_of_parallel_requests_carry_the_same_text_although_the_old_id_is_still_read()
    {
        for (int round = 0; round < 2_000; round++)
        {
            var key = SessionKey.Create();
            (SessionId old, SessionId next) = (NewId(key), NewId(key));
            IdText[] sent = new IdText[8];
            Parallel.For(0, sent.Length, i =>
            {
                _tokens.Received($"old {round}", old, _key, Name);
                sent[i] = _tokens.Find(next, Name) ?? _tokens.Sent(next, $"next {round} of {i}", _key, Name);
            });
            Assert.Single(sent.Distinct());
        }
    }

    [Fact]
    public void A_text_is_known_while_its_data_key_is_trusted()
    {
        _tokens.Received(Text, _id, _key, Name);
        _tokens.Received(Text, _id, _key, Name);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_tokens.TryFind(Text + "key", Name, out SessionId found));
        Assert.Equal(_id.Encode(), found.Encode());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_tokens.TryFind(Text + "key", Name, out _));
        _key.TrustSince(_clock.GetTimestamp());
        Assert.True(_tokens.TryFind(Text + "key", Name, out _));
    }

    /// <summary>One object a request that lives for a moment would cost each collection of garbage more than all others.</summary>
    [Fact]
    public void A_text_that_came_once_is_not_kept()
    {
        _tokens.Received(Text, _id, _key, Name);
        Assert.False(_tokens.TryFind(Text + "key", Name, out _));
        _tokens.Received(Text, _id, _key, Name);
        Assert.True(_tokens.TryFind(Text + "key", Name, out SessionId found));
        Assert.Equal(_id.Encode(), found.Encode());
    }

    [Fact]
    public void Another_text_is_not_known()
    {
        _tokens.Received(Text, _id, _key, Name);
        _tokens.Received(Text, _id, _key, Name);
        Assert.True(_tokens.TryFind(Text + "key", Name, out _));
        Assert.False(_tokens.TryFind("texT of no less than sixteen" + "key", Name, out _));
    }

    private static SessionId NewId(SessionKey key) => new(key, SessionSecret.Create());
}
