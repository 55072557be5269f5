using System.Diagnostics;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>What is particular to tokens in Redis: names, fields, time to live.</summary>
[Collection(StoresOnRedis.Name)]
public sealed class RedisStoreTests(RedisServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly LogRecorder _logs = new();
    private readonly IDataProtectionProvider _protection = new EphemeralDataProtectionProvider();
    private readonly List<StoredTokenManager> _managers = [];

    private DateTimeOffset Now => _clock.GetUtcNow();

    public async Task InitializeAsync() => await server.SendAsync("FLUSHALL");

    public async Task DisposeAsync()
    {
        foreach (StoredTokenManager manager in _managers)
        {
            await manager.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_token_is_a_hash_with_these_fields()
    {
        await Manager().SetAsync(
            new OAuthToken
            {
                AccessToken = "a",
                RefreshToken = "b",
                IssuedAt = Now,
                ExpiresAt = Now.AddHours(8),
                RefreshTokenExpiresAt = Now.AddDays(28),
                Scope = "read",
                Ref = new OAuthTokenRef("app", "42"),
            },
            Client.Key());
        Dictionary<string, string> fields = await FieldsAsync();
        Assert.Equal(
            ["access_token", "expires_at", "issued_at", "ref_id", "ref_type", "refresh_expires_at", "refresh_token", "scope", "version"],
            fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{Now.ToUnixTimeSeconds()}", fields["issued_at"]);
        Assert.Equal($"{Now.AddHours(8).ToUnixTimeSeconds()}", fields["expires_at"]);
        Assert.Equal($"{Now.AddDays(28).ToUnixTimeSeconds()}", fields["refresh_expires_at"]);
        Assert.Equal(("read", "app", "42"), (fields["scope"], fields["ref_type"], fields["ref_id"]));

        await Manager().SetAsync(new OAuthToken { AccessToken = "a" }, Client.Key());
        Assert.Equal(["access_token", "version"], (await FieldsAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_token_lives_as_long_as_its_refresh_token_or_as_itself()
    {
        StoredTokenManager manager = Manager();
        OAuthToken token = new() { AccessToken = "a", RefreshToken = "b", ExpiresAt = Now.AddHours(8), RefreshTokenExpiresAt = Now.AddDays(28) };
        await manager.SetAsync(token, Client.Key());
        await AssertLivesAsync(TimeSpan.FromDays(28));
        await manager.SetAsync(token with { RefreshToken = null }, Client.Key());
        await AssertLivesAsync(TimeSpan.FromHours(8));
        await manager.SetAsync(token with { RefreshTokenExpiresAt = null }, Client.Key());
        Assert.Equal(-1L, await server.SendAsync("PTTL", await KeyAsync()));
        await manager.SetAsync(token with { RefreshToken = null, ExpiresAt = null }, Client.Key());
        Assert.Equal(-1L, await server.SendAsync("PTTL", await KeyAsync()));
    }

    [Fact]
    public async Task The_name_of_a_key_has_the_client_and_no_user()
    {
        StoredTokenManager manager = Manager();
        TokenKey key = Client.Key("lovelace", AuthIdentity.Password("countess"));
        await manager.SetAsync(Client.Token("1"), key);
        await using IAsyncDisposable? hold = await manager.TryAcquireAsync(key, TimeSpan.FromSeconds(30));
        string[] names = [.. ((object?[])(await server.SendAsync("KEYS", "*"))!).Cast<string>().Order(StringComparer.Ordinal)];
        Assert.Equal(2, names.Length);
        Assert.Matches("^fuel:token:podio:\\{[0-9a-f]{64}\\}$", names[0]);
        Assert.Equal(names[0] + ":lock", names[1]);
        Assert.InRange((long)(await server.SendAsync("PTTL", names[1]))!, 1, 30_000);
    }

    [Fact]
    public async Task Prefix_and_database_are_the_apps_choice()
    {
        StoredTokenManager manager = Manager(redis => (redis.KeyPrefix, redis.Database) = ("app:", 3));
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal(0L, await server.SendAsync("DBSIZE"));
        await using RedisWire wire = await RedisWire.OpenAsync(server.Port);
        await wire.SendAsync("SELECT", "3");
        Assert.StartsWith("app:podio:", (string)Assert.Single((object?[])(await wire.SendAsync("KEYS", "*"))!)!);
        Assert.Throws<ArgumentOutOfRangeException>(() => Manager(redis => redis.Database = -1));
        Assert.Throws<ArgumentNullException>(() => Manager(redis => redis.KeyPrefix = null!));
    }

    [Theory]
    [InlineData("SET", "text")]
    [InlineData("HSET", "version", "0")]
    [InlineData("HSET", "version", "x")]
    [InlineData("HSET", "access_token", "access-1")]
    [InlineData("HSET", "version", "7", "expires_at", "soon")]
    [InlineData("HSET", "version", "7", "expires_at", "9223372036854775807")]
    public async Task What_is_no_token_counts_as_absent_with_a_warning_and_is_replaced(string command, params string[] values)
    {
        StoredTokenManager manager = Manager();
        foreach (OAuthToken next in new[] { Client.Token("1"), OAuthToken.Empty })
        {
            await manager.SetAsync(Client.Token("0"), Client.Key());
            string key = await KeyAsync();
            await server.SendAsync("DEL", key);
            await server.SendAsync([command, key, .. values]);
            Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
            Assert.Contains(_logs.Lines, line => line.Id == 301);
            await manager.SetAsync(next, Client.Key());
            Assert.Equal(next, await manager.GetAsync(Client.Key()));
        }
    }

    [Fact]
    public async Task A_server_that_has_forgotten_its_scripts_is_told_again()
    {
        StoredTokenManager manager = Manager();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        await server.SendAsync("SCRIPT", "FLUSH");
        await manager.SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal("access-2", (await manager.GetAsync(Client.Key())).AccessToken);
    }

    [Fact]
    public async Task The_apps_own_connection_stays_open()
    {
        IConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        try
        {
            foreach (TokenSessionOptions options in new[] { new TokenSessionOptions().UseRedis(connection), new TokenSessionOptions().UseRedis(_ => connection) })
            {
                StoredTokenManager manager = Client.Manager(options, _clock, _protection, _logs);
                await manager.SetAsync(Client.Token("1"), Client.Key());
                await manager.DisposeAsync();
                Assert.True(connection.IsConnected);
                await connection.GetDatabase().PingAsync();
            }
        }
        finally
        {
            connection.Dispose();
        }
    }

    [Fact]
    public async Task A_connection_of_the_clients_own_is_closed_with_the_apps_services()
    {
        const string Name = "closed-with-the-app";
        ServiceProvider services = new ServiceCollection().AddTokenSession(Client.Name, options =>
        {
            options.ClientId = "client";
            options.TokenEndpoint = new Uri("https://provider.example/token");
            options.DataProtection = _protection;
            options.UseRedis($"{server.Configuration},name={Name}");
        }).BuildServiceProvider();
        await services.GetRequiredService<TokenSessionFactory>().CreateAsync(Client.Name);
        Assert.True(await IsConnectedAsync());
        await services.DisposeAsync();

        // The server notices when it gets to it.
        for (var waited = Stopwatch.StartNew(); await IsConnectedAsync() && waited.Elapsed < TimeSpan.FromSeconds(60);)
        {
            await Task.Delay(10);
        }

        Assert.False(await IsConnectedAsync());

        async Task<bool> IsConnectedAsync() => ((string)(await server.SendAsync("CLIENT", "LIST"))!).Contains($"name={Name} ", StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_the_configuration_shows_at_once()
    {
        Assert.ThrowsAny<ArgumentException>(() => new TokenSessionOptions().UseRedis("localhost,nonsense=1"));
        Assert.ThrowsAny<ArgumentException>(() => new TokenSessionOptions().UseRedis("redis://localhost"));
    }

    private StoredTokenManager Manager(Action<Redis.RedisTokenOptions>? configure = null)
    {
        StoredTokenManager manager = Client.Manager(new TokenSessionOptions().UseRedis(server.Configuration, configure), _clock, _protection, _logs);
        _managers.Add(manager);
        return manager;
    }

    private async Task<string> KeyAsync() => (string)Assert.Single((object?[])(await server.SendAsync("KEYS", "*"))!)!;

    private async Task<Dictionary<string, string>> FieldsAsync() =>
        ((object?[])(await server.SendAsync("HGETALL", await KeyAsync()))!).Cast<string>().Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    private async Task AssertLivesAsync(TimeSpan expected)
    {
        var left = TimeSpan.FromMilliseconds((long)(await server.SendAsync("PTTL", await KeyAsync()))!);
        Assert.InRange(left, expected - TimeSpan.FromMinutes(5), expected);
    }
}
