using FuelSessions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Memcached.Tests;

/// <summary>Settings from the section and from code, and what stops the app at start-up.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task The_section_is_read()
    {
        await using TestApp app = await StartAsync(sessions => sessions.AddMemcachedDriver(), new()
        {
            ["FuelSessions:Memcached:Servers:0"] = "cache1:11311,weight=3",
            ["FuelSessions:Memcached:Servers:1"] = "cache2",
            ["FuelSessions:Memcached:KeyPrefix"] = "shop:",
            ["FuelSessions:Memcached:ConnectionsPerServer"] = "4",
            ["FuelSessions:Memcached:RehashOnFailure"] = "true",
            ["FuelSessions:Memcached:ConnectTimeout"] = "00:00:03",
            ["FuelSessions:Memcached:ResponseTimeout"] = "00:00:04",
            ["FuelSessions:Memcached:DeadServerTimeout"] = "00:00:05.5",
            ["FuelSessions:Memcached:CookieName"] = "mid",
        });
        MemcachedDriverOptions options = app.Services.GetRequiredService<IOptions<MemcachedDriverOptions>>().Value;
        Assert.Equal([new MemcachedServer("cache1", 11311, 3), new MemcachedServer("cache2")], options.Servers);
        Assert.Equal("shop:", options.KeyPrefix);
        Assert.Equal(4, options.ConnectionsPerServer);
        Assert.True(options.RehashOnFailure);
        Assert.Equal(TimeSpan.FromSeconds(3), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(4), options.ResponseTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5.5), options.DeadServerTimeout);
    }

    [Fact]
    public async Task Servers_in_code_replace_those_of_the_section()
    {
        await using TestApp app = await StartAsync(
            sessions => sessions.AddMemcachedDriver("cache3", "cache4:1,weight=2"),
            new() { ["FuelSessions:Memcached:Servers:0"] = "cache1" });
        Assert.Equal(
            [new MemcachedServer("cache3"), new MemcachedServer("cache4", 1, 2)],
            app.Services.GetRequiredService<IOptions<MemcachedDriverOptions>>().Value.Servers);
    }

    public static TheoryData<Action<MemcachedDriverOptions>, string> Impossible => new()
    {
        { options => options.Servers.Add(new MemcachedServer("a", 0)), "port" },
        { options => options.Servers.Add(new MemcachedServer("a", 1, 0)), "weight" },
        { options => options.Servers.Add(new MemcachedServer("")), "host" },
        { options => { options.Servers.Add(new MemcachedServer("a")); options.Servers.Add(new MemcachedServer("A")); }, "twice" },
        { options => options.KeyPrefix = "a b", "KeyPrefix" },
        { options => options.KeyPrefix = new string('a', 201), "KeyPrefix" },
        { options => options.ConnectionsPerServer = 0, "ConnectionsPerServer" },
        { options => options.ConnectionsPerServer = 65, "ConnectionsPerServer" },
        { options => options.ConnectTimeout = TimeSpan.Zero, "ConnectTimeout" },
        { options => options.ResponseTimeout = TimeSpan.FromHours(1), "ResponseTimeout" },
        { options => options.DeadServerTimeout = TimeSpan.FromDays(1), "DeadServerTimeout" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task What_can_not_work_stops_the_app_at_start_up(Action<MemcachedDriverOptions> configure, string named)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StartAsync(sessions => sessions.AddMemcachedDriver(configure), []));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_can_not_be_read_is_named()
    {
        Exception error = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync(sessions => sessions.AddMemcachedDriver(), new() { ["FuelSessions:Memcached:ConnectTimeout"] = "soon" }));
        Assert.Contains("FuelSessions:Memcached:ConnectTimeout", error.Message, StringComparison.Ordinal);
        Assert.Contains("soon", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(Action<FuelSessionsBuilder> drivers, Dictionary<string, string?> configuration) =>
        TestApp.StartAsync(drivers: drivers, configuration: configuration);
}
