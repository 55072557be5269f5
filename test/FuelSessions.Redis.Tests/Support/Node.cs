using FuelSessions.Drivers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>An app's services with the redis driver among them.</summary>
internal sealed class Node : IAsyncDisposable
{
    internal Node(
        Action<FuelSessionsBuilder> addDriver,
        TimeProvider? clock = null,
        Action<FuelSessionsOptions>? configure = null,
        IEnumerable<KeyValuePair<string, string?>>? configuration = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration ?? []).Build());
        addDriver(services.AddFuelSessions(configure));
        Services = services.BuildServiceProvider(validateScopes: true);
    }

    internal Node(string redis, TimeProvider? clock = null, Action<RedisDriverOptions>? options = null)
        : this(builder => builder.AddRedisDriver(redis, options), clock)
    {
    }

    internal ServiceProvider Services { get; }

    internal ISessionDriver Driver => Services.GetRequiredService<DriverRegistry>().Driver("redis");

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
