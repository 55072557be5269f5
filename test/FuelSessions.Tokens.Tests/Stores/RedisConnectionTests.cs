using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>Connections as apps have them, and what is said when there is none.</summary>
public sealed class RedisConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TestCertificate _certificate = new();
    private readonly RedisServer _server;

    public RedisConnectionTests() => _server = new RedisServer { Certificate = _certificate };

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tokens")]
    public async Task The_apps_own_is_taken_from_its_services_by_key_or_without(string? key)
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(_server.Configuration);
        await using ServiceProvider services = new ServiceCollection().AddKeyedSingleton<IConnectionMultiplexer>(key, connection).BuildServiceProvider();
        await UseAsync(new TokenSessionOptions().UseRedis(redis => redis.ServiceKey = key), services);
        Assert.Equal(1L, await _server.SendAsync("DBSIZE"));
        await connection.GetDatabase().PingAsync();
    }

    [Fact]
    public async Task One_that_is_missing_is_named()
    {
        Exception error = await Assert.ThrowsAsync<InvalidOperationException>(() => UseAsync(new TokenSessionOptions().UseRedis()));
        Assert.Contains("UseRedis(\"localhost:6379\")", error.Message);
        Assert.Throws<ArgumentException>(() => new TokenSessionOptions().UseRedis("localhost", redis => redis.ServiceKey = "tokens"));
    }

    [Fact]
    public async Task A_user_with_the_documented_permissions_works_over_tls()
    {
        await _server.SendAsync(["ACL", "SETUSER", "app", "reset", .. RedisPermissions.For("UseRedis")]);
        var configuration = ConfigurationOptions.Parse($"127.0.0.1:{_server.TlsPort},ssl=true,user=app,password=password");
        configuration.TrustIssuer(_certificate.AuthorityPath!);
        await UseAsync(new TokenSessionOptions().UseRedis(configuration));
    }

    public static TheoryData<string> Rules() => ["+hgetall", "+hget", "+hset", "+del", "+pexpire", "+set", "+get", "+evalsha", "+eval", "~fuel:token:*"];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task None_of_them_can_be_left_out(string rule)
    {
        string[] rules = RedisPermissions.For("UseRedis");
        Assert.Contains(rule, rules);
        await _server.SendAsync(["ACL", "SETUSER", "app", "reset", .. rules.Where(other => other != rule)]);
        RedisServerException error = await Assert.ThrowsAsync<RedisServerException>(
            () => UseAsync(new TokenSessionOptions().UseRedis($"{_server.Configuration},user=app,password=password")));
        Assert.DoesNotContain("fuel:token:", error.ToString());
    }

    [Fact]
    public async Task The_error_says_what_the_connection_reported_and_names_no_key()
    {
        await _server.SendAsync("CONFIG", "SET", "requirepass", "secret");
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(
            () => UseAsync(new TokenSessionOptions().UseRedis($"{_server.Configuration},password=wrong")));
        Assert.Contains($"AuthenticationFailure on 127.0.0.1:{_server.Port}", error.Message);
        Assert.DoesNotContain("fuel:token:", error.ToString());
    }

    [Fact]
    public async Task After_a_failover_the_master_is_found_by_its_name()
    {
        var redis = new RedisSentinels();
        try
        {
            await redis.InitializeAsync();
            await using StoredTokenManager manager = Client.Manager(
                new TokenSessionOptions().UseRedis(redis.Configuration), FakeClock.AtPresent(), new EphemeralDataProtectionProvider(), new LogRecorder());
            await manager.SetAsync(Client.Token("1"), Client.Key());
            await redis.UntilReplicatedAsync();
            await redis.First.KillAsync();
            await redis.UntilMasterIsAsync(redis.Second);
            var waited = Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    Assert.Equal("access-1", (await manager.GetAsync(Client.Key())).AccessToken);
                    await manager.SetAsync(Client.Token("2"), Client.Key());
                    return;
                }
                catch (Exception error) when (error is TimeoutException or RedisException && waited.Elapsed < Longest)
                {
                    await Task.Delay(20);
                }
            }
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    // All that the store ever sends.
    private static async Task UseAsync(TokenSessionOptions options, IServiceProvider? services = null)
    {
        var clock = FakeClock.AtPresent();
        await using StoredTokenManager manager = Client.Manager(options, clock, new EphemeralDataProtectionProvider(), new LogRecorder(), services);
        await using (await manager.TryAcquireAsync(Client.Key(), TimeSpan.FromSeconds(30)))
        {
            await manager.SetAsync(Client.Token("1") with { ExpiresAt = clock.GetUtcNow().AddHours(1), RefreshToken = null }, Client.Key());
            Assert.Equal("access-1", (await manager.GetAsync(Client.Key())).AccessToken);
        }
    }
}
