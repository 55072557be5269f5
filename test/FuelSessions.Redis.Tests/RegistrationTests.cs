using System.Reflection;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>The ways to say where Redis is, and what they mean.</summary>
[Collection(RedisCollection.Name)]
public sealed class RegistrationTests(RedisServer server)
{
    [Fact]
    public async Task Takes_a_text() => await AssertWorksAsync(new Node(builder => builder.AddRedisDriver(server.Configuration)));

    [Fact]
    public async Task Takes_a_name_as_well_as_an_address() =>
        await AssertWorksAsync(new Node(builder => builder.AddRedisDriver($"localhost:{server.Port}")));

    [Fact]
    public async Task Takes_a_configuration_and_leaves_it_alone()
    {
        var configuration = ConfigurationOptions.Parse(server.Configuration);
        configuration.AbortOnConnectFail = true;
        int syncTimeout = configuration.SyncTimeout = 10_000;
        await AssertWorksAsync(new Node(builder => builder.AddRedisDriver(configuration)));
        Assert.True(configuration.AbortOnConnectFail);
        Assert.Equal(syncTimeout, configuration.SyncTimeout);
    }

    [Fact]
    public async Task Takes_the_apps_connection_and_leaves_it_open()
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        await AssertWorksAsync(new Node(builder => builder.AddRedisDriver(connection)));
        await AssertWorksAsync(new Node(builder => builder.AddRedisDriver(_ => connection)));
        await AssertWorksAsync(new Node(builder => builder.AddRedisDriver(_ => Task.FromResult<IConnectionMultiplexer>(connection))));
        await connection.GetDatabase().PingAsync();
    }

    [Fact]
    public async Task Takes_a_connection_that_is_made_asynchronously() => await AssertWorksAsync(
        new Node(builder => builder.AddRedisDriver(async _ => await ConnectionMultiplexer.ConnectAsync(server.Configuration))));

    [Fact]
    public async Task Asks_again_for_a_connection_that_failed()
    {
        int asked = 0;
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        await using var node = new Node(builder => builder.AddRedisDriver(
            IConnectionMultiplexer (_) => ++asked == 1 ? throw new InvalidOperationException("not yet") : connection));
        Exception error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await node.Driver.ReadAsync(SessionKey.Create(), default));
        Assert.Equal("not yet", error.Message);
        Assert.Null(await node.Driver.ReadAsync(SessionKey.Create(), default));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_connection_that_takes_long_holds_nobody_longer_than_the_deadline()
    {
        var never = new TaskCompletionSource<IConnectionMultiplexer>();
        var node = new Node(builder => builder.AddRedisDriver(_ => never.Task));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await node.Driver.ReadAsync(SessionKey.Create(), deadline.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => node.Driver.Read(SessionKey.Create(), deadline.Token));
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Keeps_to_its_prefix_and_database()
    {
        SessionRecord record = Sample.New();
        await using var node = new Node(server.Configuration, options: options =>
        {
            options.KeyPrefix = "shop:";
            options.Database = 3;
        });
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await using RedisWire wire = await RedisWire.OpenAsync(server.Port);
        Assert.Equal(0L, await wire.SendAsync("EXISTS", record.Name("shop:")));
        await wire.SendAsync("SELECT", "3");
        Assert.Equal(1L, await wire.SendAsync("EXISTS", record.Name("shop:")));
        Assert.Equal(1L, await wire.SendAsync("DBSIZE"));

        await using var other = new Node($"{server.Configuration},defaultDatabase=3", options: options => options.KeyPrefix = "shop:");
        Assert.NotNull(await other.Driver.ReadAsync(record.Key, default));
        await using var elsewhere = new Node($"{server.Configuration},defaultDatabase=3");
        Assert.Null(await elsewhere.Driver.ReadAsync(record.Key, default));
    }

    [Fact]
    public void Refuses_what_can_not_work()
    {
        IServiceCollection services = new ServiceCollection();
        FuelSessionsBuilder builder = services.AddFuelSessions();
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRedisDriver(""));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRedisDriver("localhost,ssl=perhaps"));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRedisDriver("unix:/run/redis.sock"));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRedisDriver("localhost", options => options.Database = -1));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRedisDriver("localhost", options => options.KeyPrefix = null!));
    }

    [Fact]
    public async Task A_write_for_which_there_is_no_connection_is_certainly_not_stored()
    {
        await using var node = new Node(builder => builder.AddRedisDriver(async _ => await ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,connectRetry=1")));
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await node.Driver.WriteAsync(Sample.New(), default));
        Assert.False(error.IsOutcomeUnknown);
        Assert.IsType<RedisConnectionException>(error.InnerException);
    }

    /// <summary>The client takes it for a host's name, which it tells whenever it can't connect.</summary>
    [Theory]
    [InlineData("redis://localhost:6379")]
    [InlineData("rediss://app:secret@localhost:6379/2")]
    [InlineData("localhost, redis://:secret@localhost")]
    [InlineData("rediss://:sec=secret@localhost:6379?protocol=3")]
    [InlineData("app:secret@localhost:6379")]
    [InlineData("localhost, app:secret=secret@localhost")]
    public void An_address_with_a_scheme_or_a_user_is_refused_and_not_repeated(string address)
    {
        FuelSessionsBuilder builder = new ServiceCollection().AddFuelSessions();
        ArgumentException error = Assert.Throws<ArgumentException>(() => builder.AddRedisDriver(address));
        Assert.Contains("ssl=true", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        builder.AddRedisDriver("localhost,password=redis://secret");
    }

    [Theory]
    [InlineData("localhost,user=me@home,password=a:b@c=d")]
    [InlineData("!/run/redis@1.sock")]
    public void What_looks_like_an_address_elsewhere_is_none(string configuration) =>
        new ServiceCollection().AddFuelSessions().AddRedisDriver(configuration);

    /// <summary>Whoever made the configuration, or the connection.</summary>
    [Fact]
    public async Task An_address_with_a_scheme_in_an_object_of_the_apps_is_refused_or_not_repeated()
    {
        ConfigurationOptions configuration = ConfigurationOptions.Parse("rediss://app:secret@localhost:6379,connectTimeout=100,connectRetry=0,abortConnect=false");
        FuelSessionsBuilder builder = new ServiceCollection().AddFuelSessions();
        ArgumentException error = Assert.Throws<ArgumentException>(() => builder.AddRedisDriver(configuration));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);

        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        builder.AddRedisDriver(connection);
        await using ServiceProvider services = builder.Services.BuildServiceProvider();
        ISessionDriver driver = services.GetRequiredService<DriverRegistry>().Driver("redis");
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () => await driver.ReadAsync(SessionKey.Create(), default));
        Assert.Contains("not shown", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_password_that_is_taken_for_a_setting_is_not_repeated()
    {
        FuelSessionsBuilder builder = new ServiceCollection().AddFuelSessions();
        ArgumentException error = Assert.Throws<ArgumentException>(() => builder.AddRedisDriver("localhost,password=open,sesame=1"));
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("abortConect", Assert.Throws<ArgumentException>(() => builder.AddRedisDriver("localhost,abortConect=false")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_two_seconds_unless_the_app_says_otherwise()
    {
        static TimeSpan Timeout(Node node, string driver = "redis") =>
            node.Services.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().Get(driver).StoreTimeout;
        static Node New(Action<FuelSessionsOptions>? configure = null, params (string Key, string Value)[] settings) => new(
            builder => builder.AddRedisDriver("localhost"),
            configure: configure,
            configuration: settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));

        await using Node silent = New();
        Assert.Equal(TimeSpan.FromSeconds(2), Timeout(silent));
        Assert.Equal(TimeSpan.FromSeconds(5), Timeout(silent, "file"));
        await using Node code = New(options => options.StoreTimeout = TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), Timeout(code));
        await using Node section = New(null, ("FuelSessions:StoreTimeout", "00:00:05"));
        Assert.Equal(TimeSpan.FromSeconds(5), Timeout(section));
        await using Node own = New(options => options.StoreTimeout = TimeSpan.FromSeconds(5), ("FuelSessions:Redis:StoreTimeout", "00:00:07"));
        Assert.Equal(TimeSpan.FromSeconds(7), Timeout(own));
        Assert.Equal(TimeSpan.FromSeconds(5), Timeout(own, "file"));
    }

    /// <summary>One property decides which version of the client is built and tested with.</summary>
    [Fact]
    public void The_client_is_the_version_that_was_asked_for()
    {
        string asked = typeof(RegistrationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "StackExchangeRedisVersion").Value!;
        string loaded = typeof(ConnectionMultiplexer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.StartsWith(asked, loaded, StringComparison.Ordinal);
    }

    private static async Task AssertWorksAsync(Node node)
    {
        await using (node)
        {
            SessionRecord record = Sample.New();
            Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
            Assert.Equal(record.Key, (await node.Driver.ReadAsync(record.Key, default))!.Key);
            Assert.Equal(record.Key, node.Driver.Read(record.Key, default)!.Key);
        }
    }
}
