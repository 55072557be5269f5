using FuelSessions;
using FuelSessions.Redis;
using FuelSessions.Redis.Connections;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the redis driver.</summary>
/// <remarks>
/// The driver is called <c>redis</c>, its cookie <c>rid</c>; its <see cref="FuelSessionsOptions.StoreTimeout"/> is 2 seconds unless
/// the app says otherwise. It connects at its first use, in the background; with <see cref="FuelSessionsBuilder.PersistDataProtectionKeys"/> that is
/// while the app starts.
/// </remarks>
public static class FuelSessionsBuilderRedisExtensions
{
    private const string Driver = "redis";
    private const string CookieName = "rid";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Keeps sessions in Redis, through the <see cref="IConnectionMultiplexer"/> that the app has among its services, under
    /// <see cref="RedisDriverOptions.ServiceKey"/> if that is set. It stays the app's to close, and should have been made with <c>AbortOnConnectFail</c> off.
    /// </summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configure">Key prefix, database, and the connection's service key.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddRedisDriver(this FuelSessionsBuilder builder, Action<RedisDriverOptions>? configure = null)
    {
        RedisDriverOptions options = Configured(configure);
        return builder.AddRedisDriver(
            (services, _) => Task.FromResult(AppConnection.Find(services, options.ServiceKey, "AddRedisDriver()")), isOwn: false, options);
    }

    /// <summary>Keeps sessions in Redis, through a connection of the driver's own, which it closes with the app.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configuration">
    /// The servers and settings in StackExchange.Redis' form, such as <c>localhost:6379</c> or <c>node1,node2,password=…,ssl=true</c>.
    /// <c>abortConnect</c> is off whatever it says: a server that is down when the app starts is connected to when it is up.
    /// </param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The text is not in that form, or names no server.</exception>
    public static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        string configuration,
        Action<RedisDriverOptions>? configure = null)
    {
        // Read here, so that a mistake shows where it was made.
        return builder.AddRedisDriver(OwnConnection.Parse(configuration), configure);
    }

    /// <summary>The same, configured by an object, of which the driver takes a copy. <c>AbortOnConnectFail</c> is off whatever it says.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configuration">The servers and settings.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name of a server is an address with a scheme or a user, such as <c>rediss://…</c>.</exception>
    public static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        ConfigurationOptions configuration,
        Action<RedisDriverOptions>? configure = null)
    {
        ConfigurationOptions own = OwnConnection.Checked(configuration);
        return builder.AddRedisDriver((_, reports) => OwnConnection.OpenAsync(own, reports), isOwn: true, WithoutServiceKey(configure));
    }

    /// <summary>Keeps sessions in Redis, through the app's connection, which stays the app's to close.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="connection">The connection. It should have been made with <c>AbortOnConnectFail</c> off.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        IConnectionMultiplexer connection,
        Action<RedisDriverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return builder.AddRedisDriver((_, _) => Task.FromResult(connection), isOwn: false, WithoutServiceKey(configure));
    }

    /// <summary>The same, with a connection that comes from the app's services. Asked for at the first use; again if it failed.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="connection">Finds or makes the connection, which the driver does not close.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        Func<IServiceProvider, IConnectionMultiplexer> connection,
        Action<RedisDriverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return builder.AddRedisDriver((services, _) => Task.FromResult(connection(services)), isOwn: false, WithoutServiceKey(configure));
    }

    /// <summary>The same, with a connection that is made asynchronously.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="connection">Finds or makes the connection, which the driver does not close.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        Func<IServiceProvider, Task<IConnectionMultiplexer>> connection,
        Action<RedisDriverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return builder.AddRedisDriver((services, _) => connection(services), isOwn: false, WithoutServiceKey(configure));
    }

    private static FuelSessionsBuilder AddRedisDriver(
        this FuelSessionsBuilder builder,
        Func<IServiceProvider, ConnectionReports, Task<IConnectionMultiplexer>> connect,
        bool isOwn,
        RedisDriverOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddDriver(
            Driver,
            CookieName,
            services => new RedisSessionDriver(
                new RedisConnection(reports => connect(services, reports), options.Database, isOwn),
                options.KeyPrefix,
                services.GetService<TimeProvider>() ?? TimeProvider.System),
            defaults: settings => settings.StoreTimeout = DefaultTimeout);
    }

    private static RedisDriverOptions Configured(Action<RedisDriverOptions>? configure)
    {
        var options = new RedisDriverOptions();
        configure?.Invoke(options);
        return options;
    }

    private static RedisDriverOptions WithoutServiceKey(Action<RedisDriverOptions>? configure) => Configured(configure) is { ServiceKey: null } options
        ? options
        : throw new ArgumentException("ServiceKey says which of the app's connections to take: call AddRedisDriver without a connection of its own.", nameof(configure));
}
