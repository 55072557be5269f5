using FuelSessions.Redis.Connections;
using FuelSessions.Tokens.Redis;
using StackExchange.Redis;

namespace FuelSessions.Tokens;

/// <summary>Keeps a client's tokens in Redis.</summary>
/// <remarks>
/// A token is a hash with <c>access_token</c> and <c>refresh_token</c> (both encrypted with Data Protection, whose keys all processes must share),
/// <c>issued_at</c>, <c>expires_at</c> and <c>refresh_expires_at</c> in Unix seconds, <c>scope</c>, <c>ref_type</c>, <c>ref_id</c> and <c>version</c>. It
/// lives as long as its refresh token, or as its access token if there is no other or that ends later. The names of keys hold the client's name and no user's. One process
/// at a time renews a token.
/// </remarks>
public static class RedisTokenStoreExtensions
{
    /// <summary>
    /// Through the <see cref="IConnectionMultiplexer"/> that the app has among its services, under <see cref="RedisTokenOptions.ServiceKey"/> if that is
    /// set. It stays the app's to close, and should have been made with <c>AbortOnConnectFail</c> off.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configure">Key prefix, database, and the connection's service key.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseRedis(this TokenSessionOptions options, Action<RedisTokenOptions>? configure = null)
    {
        RedisTokenOptions redis = Configured(configure);
        return options.UseRedis((services, _) => Task.FromResult(AppConnection.Find(services, redis.ServiceKey, "UseRedis()")), isOwn: false, redis);
    }

    /// <summary>Through a connection of the client's own.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configuration">
    /// The servers and settings in StackExchange.Redis' form, such as <c>localhost:6379</c>. <c>abortConnect</c> is off whatever it says.
    /// </param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The text is not in that form, or names no server.</exception>
    public static TokenSessionOptions UseRedis(this TokenSessionOptions options, string configuration, Action<RedisTokenOptions>? configure = null)
    {
        return options.UseRedis(OwnConnection.Parse(configuration), configure);
    }

    /// <summary>The same, configured by an object, of which a copy is taken. <c>AbortOnConnectFail</c> is off whatever it says.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configuration">The servers and settings.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseRedis(
        this TokenSessionOptions options, ConfigurationOptions configuration, Action<RedisTokenOptions>? configure = null)
    {
        ConfigurationOptions own = OwnConnection.Checked(configuration);
        return options.UseRedis((_, reports) => OwnConnection.OpenAsync(own, reports), isOwn: true, WithoutServiceKey(configure));
    }

    /// <summary>Through the app's connection, which stays the app's to close.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="connection">The connection. It should have been made with <c>AbortOnConnectFail</c> off.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseRedis(
        this TokenSessionOptions options, IConnectionMultiplexer connection, Action<RedisTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return options.UseRedis((_, _) => Task.FromResult(connection), isOwn: false, WithoutServiceKey(configure));
    }

    /// <summary>The same, with a connection that comes from the app's services. Asked for at the first use; again if it failed.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="connection">Finds or makes the connection, which is not closed.</param>
    /// <param name="configure">Key prefix and database.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseRedis(
        this TokenSessionOptions options, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return options.UseRedis((services, _) => Task.FromResult(connection(services)), isOwn: false, WithoutServiceKey(configure));
    }

    private static TokenSessionOptions UseRedis(
        this TokenSessionOptions options,
        Func<IServiceProvider, ConnectionReports, Task<IConnectionMultiplexer>> connect,
        bool isOwn,
        RedisTokenOptions redis)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.UseStore((services, context) => new RedisTokenStore(
            new RedisConnection(reports => connect(services, reports), redis.Database, isOwn), redis.KeyPrefix, context.Clock));
    }

    private static RedisTokenOptions Configured(Action<RedisTokenOptions>? configure)
    {
        var redis = new RedisTokenOptions();
        configure?.Invoke(redis);
        return redis;
    }

    private static RedisTokenOptions WithoutServiceKey(Action<RedisTokenOptions>? configure) => Configured(configure) is { ServiceKey: null } redis
        ? redis
        : throw new ArgumentException("ServiceKey says which of the app's connections to take: call UseRedis without a connection of its own.", nameof(configure));
}
