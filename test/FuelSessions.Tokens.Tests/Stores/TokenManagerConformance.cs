using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>What every manager of this project's does. A subclass says where the tokens are, and nothing else.</summary>
public abstract class TokenManagerConformance : IAsyncLifetime
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly IDataProtectionProvider _protection = new EphemeralDataProtectionProvider();
    private StoredTokenManager? _manager;

    protected FakeTimeProvider Clock { get; } = FakeClock.AtPresent();

    protected LogRecorder Logs { get; } = new();

    /// <summary>Whether a second manager finds what the first one stores.</summary>
    protected virtual bool IsShared => true;

    protected virtual IServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();

    private StoredTokenManager Manager => _manager!;

    // Whole seconds, as providers count.
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(Clock.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Makes what the store needs, and chooses it.</summary>
    protected abstract ValueTask ChooseAsync(TokenSessionOptions options);

    /// <summary>Everything that is stored, as it is; null if nobody but the store can see it.</summary>
    protected abstract Task<string?> RawAsync();

    /// <summary>An owner whom the store accepts, the same for the same name.</summary>
    protected virtual ValueTask<string> OwnerAsync(string name) => new(name);

    /// <summary>Lets time pass for locks.</summary>
    protected virtual Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    protected virtual ValueTask CleanUpAsync() => default;

    public async Task InitializeAsync() => _manager = await CreateAsync(_protection);

    public async Task DisposeAsync()
    {
        if (_manager is not null)
        {
            await _manager.DisposeAsync();
        }

        await CleanUpAsync();
    }

    [Fact]
    public async Task Where_nothing_is_stored_there_is_an_empty_token() => Assert.Same(OAuthToken.Empty, await Manager.GetAsync(await KeyAsync()));

    [Fact]
    public async Task Every_field_comes_back()
    {
        TokenKey key = await KeyAsync();
        OAuthToken whole = new()
        {
            AccessToken = "a.b-c_d~e+f/g==",
            RefreshToken = "für Ålesund \u2603 \U0001F511",
            IssuedAt = Now,
            ExpiresAt = Now.AddHours(8),
            RefreshTokenExpiresAt = Now.AddDays(28),
            Scope = "user.read:all größe \u2603",
            Ref = new OAuthTokenRef("app", "12345678901"),
        };
        OAuthToken[] tokens =
        [
            whole,
            whole with { Ref = new OAuthTokenRef("", "") },
            whole with { Scope = "" },
            whole with { Scope = null, Ref = null, RefreshTokenExpiresAt = null },
            new OAuthToken { AccessToken = "only" },
            new OAuthToken { RefreshToken = "only" },
            new OAuthToken { Ref = new OAuthTokenRef("type", "id") },
            whole with { AccessToken = new string('x', 8000) },
        ];
        foreach (OAuthToken token in tokens)
        {
            await Manager.SetAsync(token, key);
            Assert.Equal(token, await Manager.GetAsync(key));
        }
    }

    [Fact]
    public async Task Times_are_kept_in_whole_seconds()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1", Now.AddHours(1).AddMilliseconds(999).ToOffset(TimeSpan.FromHours(5))), key);
        Assert.Equal(Now.AddHours(1), (await Manager.GetAsync(key)).ExpiresAt);
    }

    [Fact]
    public async Task Storing_an_empty_token_deletes()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(OAuthToken.Empty, key);
        await Manager.SetAsync(Client.Token("1"), key);
        await Manager.SetAsync(new OAuthToken { Scope = "nothing but that" }, key);
        Assert.Null(await Manager.Store.ReadAsync(key, default));
        Assert.Same(OAuthToken.Empty, await Manager.GetAsync(key));
    }

    [Fact]
    public async Task Two_keys_never_meet()
    {
        TokenKey[] keys =
        [
            await KeyAsync("ada"),
            await KeyAsync("adab"),
            await KeyAsync("ad"),
            await KeyAsync("Ada"),
            await KeyAsync("ada", client: "podio2"),
            await KeyAsync("ada", client: "Podio"),
            await KeyAsync("ada", new AuthIdentity("app", "1")),
            await KeyAsync("ada", new AuthIdentity("app", "11")),
            await KeyAsync("ada", new AuthIdentity("app1", "1")),
            await KeyAsync("ada", new AuthIdentity("app1")),
            await KeyAsync("ada", new AuthIdentity("app", "1:1")),
            await KeyAsync("ada", new AuthIdentity("app:1", "1")),
            await KeyAsync("ada", AuthIdentity.Password("ada")),
            await KeyAsync("ada", AuthIdentity.AuthorizationCode("ada")),
            await KeyAsync("ada3:app", new AuthIdentity("x")),
            await KeyAsync("ada", new AuthIdentity("3:appx")),
            await KeyAsync("", new AuthIdentity("app", "ada")),
            await KeyAsync("ada/../x"),
            await KeyAsync("ada{x}*?"),
            await KeyAsync("ada", AuthIdentity.AuthorizationCode().Lock()),
        ];
        for (int i = 0; i < keys.Length; i++)
        {
            await Manager.SetAsync(Client.Token($"{i}"), keys[i]);
        }

        for (int i = 0; i < keys.Length; i++)
        {
            Assert.Equal($"access-{i}", (await Manager.GetAsync(keys[i])).AccessToken);
        }
    }

    [Fact]
    public async Task Of_fifty_who_replace_one_token_one_does()
    {
        TokenKey key = await KeyAsync();
        StoredTokenManager other = IsShared ? await CreateAsync(_protection) : Manager;
        OAuthToken old = Client.Token("old");
        await Manager.SetAsync(old, key);

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            () => (i % 2 == 0 ? Manager : other).TryReplaceAsync(old, Client.Token($"{i}"), key))));

        Assert.Equal($"access-{Array.IndexOf(won, true)}", (await other.GetAsync(key)).AccessToken);
        Assert.Single(won, true);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Of_fifty_who_store_the_first_token_one_does()
    {
        TokenKey key = await KeyAsync();
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            () => Manager.TryReplaceAsync(OAuthToken.Empty, Client.Token($"{i}"), key))));
        Assert.Equal($"access-{Array.IndexOf(won, true)}", (await Manager.GetAsync(key)).AccessToken);
        Assert.Single(won, true);
    }

    [Fact]
    public async Task Who_sets_at_the_same_time_as_others_succeeds()
    {
        TokenKey key = await KeyAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => Manager.SetAsync(i % 4 == 0 ? OAuthToken.Empty : Client.Token($"{i}"), key))));
        await Manager.SetAsync(Client.Token("last"), key);
        Assert.Equal("access-last", (await Manager.GetAsync(key)).AccessToken);
    }

    [Fact]
    public async Task A_stale_token_replaces_nothing()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1"), key);
        Assert.True(await Manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key));
        Assert.False(await Manager.TryReplaceAsync(Client.Token("1"), Client.Token("3"), key));
        Assert.False(await Manager.TryReplaceAsync(Client.Token("1"), OAuthToken.Empty, key));
        Assert.False(await Manager.TryReplaceAsync(OAuthToken.Empty, Client.Token("3"), key));
        Assert.False(await Manager.TryReplaceAsync(Client.Token("2") with { RefreshToken = null }, Client.Token("3"), key));
        Assert.Equal("access-2", (await Manager.GetAsync(key)).AccessToken);
    }

    [Fact]
    public async Task Replacing_by_an_empty_token_deletes()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1"), key);
        Assert.True(await Manager.TryReplaceAsync(Client.Token("1"), OAuthToken.Empty, key));
        Assert.Null(await Manager.Store.ReadAsync(key, default));
        Assert.False(await Manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key));
        Assert.True(await Manager.TryReplaceAsync(OAuthToken.Empty, OAuthToken.Empty, key));
    }

    [Fact]
    public async Task The_store_compares_versions()
    {
        TokenKey key = await KeyAsync();
        ITokenStore store = Manager.Store;
        StoredToken one = new(1, "a", null, null, null, null, null, null);
        Assert.False(await store.TryWriteAsync(key, 7, one, default));
        Assert.True(await store.TryWriteAsync(key, 0, null, default));
        Assert.True(await store.TryWriteAsync(key, 0, one, default));
        Assert.False(await store.TryWriteAsync(key, 0, one with { Version = 2 }, default));
        Assert.False(await store.TryWriteAsync(key, 2, null, default));
        Assert.False(await store.TryWriteAsync(key, 0, null, default));
        Assert.True(await store.TryWriteAsync(key, 1, one with { Version = long.MaxValue }, default));
        Assert.Equal(one with { Version = long.MaxValue }, await store.ReadAsync(key, default));
        Assert.True(await store.TryWriteAsync(key, long.MaxValue, null, default));
        Assert.Null(await store.ReadAsync(key, default));
    }

    [Fact]
    public async Task No_token_can_be_read_where_it_is_stored()
    {
        await Manager.SetAsync(Client.Token("sesame"), await KeyAsync());
        StoredToken stored = (await Manager.Store.ReadAsync(await KeyAsync(), default))!;
        string raw = await RawAsync() ?? stored.AccessToken! + stored.RefreshToken;
        Assert.Contains(stored.AccessToken!, raw);
        Assert.DoesNotContain("sesame", raw);
        Assert.DoesNotContain(Convert.ToBase64String("access-sesame"u8), raw);
    }

    [Fact]
    public async Task With_other_keys_a_token_counts_as_absent_and_is_warned_of()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1"), key);
        StoredToken stored = (await Manager.Store.ReadAsync(key, default))!;
        StoredTokenManager stranger = await CreateAsync(new EphemeralDataProtectionProvider());
        if (!IsShared)
        {
            await stranger.Store.TryWriteAsync(key, 0, stored, default);
        }

        Assert.Same(OAuthToken.Empty, await stranger.GetAsync(key));
        LogRecorder.LogLine warning = Assert.Single(Logs.Lines, line => line.Id == 301);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, warning.Level);
        Assert.DoesNotContain(stored.AccessToken!, warning.Text + warning.Error);

        Assert.False(await stranger.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key));
        Assert.True(await stranger.TryReplaceAsync(OAuthToken.Empty, Client.Token("2"), key));
        Assert.Equal("access-2", (await stranger.GetAsync(key)).AccessToken);
        await stranger.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_value_is_no_plain_text_and_can_be_replaced(bool deleted)
    {
        TokenKey key = await KeyAsync();
        await Manager.Store.TryWriteAsync(key, 0, new StoredToken(5, "access-in-plain", "CfDJ8", null, null, null, null, null), default);
        Assert.Same(OAuthToken.Empty, await Manager.GetAsync(key));

        OAuthToken next = deleted ? OAuthToken.Empty : Client.Token("1");
        await Manager.SetAsync(next, key);
        Assert.Equal(next, await Manager.GetAsync(key));
    }

    [Fact]
    public async Task A_value_copied_to_another_key_or_field_can_not_be_read()
    {
        TokenKey own = await KeyAsync("ada");
        TokenKey[] others = [await KeyAsync("eve"), await KeyAsync("ada", AuthIdentity.App("1")), await KeyAsync("ada", AuthIdentity.AuthorizationCode("x"))];
        await Manager.SetAsync(Client.Token("1"), own);
        StoredToken stored = (await Manager.Store.ReadAsync(own, default))!;
        foreach (TokenKey other in others)
        {
            await Manager.Store.TryWriteAsync(other, 0, stored, default);
            Assert.Same(OAuthToken.Empty, await Manager.GetAsync(other));
        }

        await Manager.Store.TryWriteAsync(own, stored.Version, stored with { Version = 5, AccessToken = stored.RefreshToken }, default);
        Assert.Same(OAuthToken.Empty, await Manager.GetAsync(own));
    }

    [Fact]
    public async Task A_lock_has_one_holder()
    {
        TokenKey key = await KeyAsync();
        IAsyncDisposable?[] holds = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Manager.TryAcquireAsync(key, Lifetime))));
        IAsyncDisposable hold = Assert.Single(holds, held => held is not null)!;
        Assert.Null(await Manager.TryAcquireAsync(key, Lifetime));
        await hold.DisposeAsync();
        IAsyncDisposable? next = await Manager.TryAcquireAsync(key, Lifetime);
        Assert.NotNull(next);
        await next.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_is_for_one_key_and_leaves_its_token_alone()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1"), key);
        await using IAsyncDisposable? one = await Manager.TryAcquireAsync(key, Lifetime);
        await using IAsyncDisposable? two = await Manager.TryAcquireAsync(await KeyAsync("eve"), Lifetime);
        await using IAsyncDisposable? three = await Manager.TryAcquireAsync(await KeyAsync(identity: AuthIdentity.App("1")), Lifetime);
        Assert.True(one is not null && two is not null && three is not null);
        Assert.True(await Manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key));
        Assert.Equal("access-2", (await Manager.GetAsync(key)).AccessToken);
    }

    [Fact]
    public async Task A_lock_ends_with_its_lifetime_and_letting_go_late_ends_no_other()
    {
        TokenKey key = await KeyAsync();
        IAsyncDisposable? late = await Manager.TryAcquireAsync(key, Lifetime);
        await PassAsync(Lifetime);
        IAsyncDisposable? next = await Manager.TryAcquireAsync(key, Lifetime);
        Assert.True(late is not null && next is not null);
        await late.DisposeAsync();
        Assert.Null(await Manager.TryAcquireAsync(key, Lifetime));
        await next.DisposeAsync();
        await next.DisposeAsync();
        await using IAsyncDisposable? last = await Manager.TryAcquireAsync(key, Lifetime);
        Assert.NotNull(last);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        TokenKey key = await KeyAsync();
        await Manager.SetAsync(Client.Token("1"), key);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Manager.GetAsync(key, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Manager.SetAsync(Client.Token("2"), key, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Manager.TryAcquireAsync(key, Lifetime, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Manager.Store.TryWriteAsync(key, 0, null, cancelled));
        Assert.Equal("access-1", (await Manager.GetAsync(key)).AccessToken);
        await using IAsyncDisposable? hold = await Manager.TryAcquireAsync(key, Lifetime);
        Assert.NotNull(hold);
    }

    private async Task<StoredTokenManager> CreateAsync(IDataProtectionProvider protection)
    {
        var options = new TokenSessionOptions();
        await ChooseAsync(options);
        return Client.Manager(options, Clock, protection, Logs, Services);
    }

    private async Task<TokenKey> KeyAsync(string owner = "ada", AuthIdentity? identity = null, string client = Client.Name) =>
        new(client, await OwnerAsync(owner), identity ?? AuthIdentity.AuthorizationCode());
}
