using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing.Tests;

/// <summary>What an app's unit tests take in place of a request's sessions, and of a store that works.</summary>
public class TestSessionsTests
{
    [Fact]
    public async Task A_session_has_the_content_that_it_is_given()
    {
        Session session = TestSessions.Create(new Dictionary<string, object?> { ["user.name"] = "Ada", ["count"] = 1 });
        Assert.Equal("Ada", session.Get<string>("user.name"));
        Assert.Equal(2, session.Increment("count"));
        Assert.Equal(SessionState.Active, session.State);
        await session.SaveAsync();
        Assert.Equal(1, session.Reset().Set("other", 1).Get("missing", 1));
        Assert.Equal(2, session.Get<int>("count"));
        session.AttachPrincipal("ada").SetFlash("m", "x");
        await session.SaveAsync();
        Assert.Equal("ada", session.Principal);
        session.Destroy();
        Assert.Empty(session.All());
    }

    [Fact]
    public void An_empty_one_is_new_and_each_is_its_own()
    {
        Session one = TestSessions.Create();
        Session other = TestSessions.Create(configure: options => options.FlashId = "f");
        Assert.True(one.IsNew);
        Assert.Equal("", one.Key("user_agent"));
        one.Set("a", 1);
        Assert.False(other.Has("a"));
        Assert.Equal("f", other.FlashId);
        Assert.NotEqual(one.Id, other.Id);
    }

    [Fact]
    public void A_store_forges_and_finds_sessions()
    {
        ISessionStore store = TestSessions.CreateStore();
        Session session = store.Forge(options => options.CookieName = "second");
        Assert.Same(session, store.Instance("second"));
        Assert.NotSame(session, store.Current);
        Assert.Null(store.Instance("third"));
    }

    [Fact]
    public async Task A_driver_fails_at_the_call_that_the_test_says()
    {
        var driver = new FaultyDriver(new Away()) { FailAt = 2 };
        Assert.Null(await driver.ReadAsync(SessionKey.Create(), default));
        await Assert.ThrowsAsync<IOException>(async () => await driver.ReadAsync(SessionKey.Create(), default));
        Assert.True((await driver.TouchAsync(SessionKey.Create(), 1, DateTimeOffset.UnixEpoch, default)).IsGone);
        driver.StaysDown = true;
        await Assert.ThrowsAsync<IOException>(async () => await driver.DeleteAsync(SessionKey.Create(), 1, default));
        Assert.Equal(4, driver.Calls);
    }

    [Fact]
    public async Task A_driver_takes_as_long_as_the_test_says()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var driver = new FaultyDriver(new Away(), clock) { Latency = TimeSpan.FromSeconds(5) };
        Task<SessionRecord?> read = driver.ReadAsync(SessionKey.Create(), default).AsTask();
        using var impatience = new CancellationTokenSource();
        Task<WriteResult> touch = driver.TouchAsync(SessionKey.Create(), 1, DateTimeOffset.UnixEpoch, impatience.Token).AsTask();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(read.IsCompleted);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => touch);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await read);
    }

    private sealed class Away : ISessionDriver
    {
        public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => default;

        public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => new(WriteResult.Gone);

        public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) => default;

        public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => default;
    }
}
