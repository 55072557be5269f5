namespace FuelSessions.Redis;

/// <summary>Where in Redis the sessions of an app are.</summary>
public sealed class RedisDriverOptions
{
    private string _keyPrefix = "fuel:session:";
    private int? _database;

    /// <summary>
    /// What the name of each key begins with. Default <c>fuel:session:</c>; may be empty. Apps that share a database have one
    /// each. A part in braces (<c>{app}</c>) would put all sessions of a cluster on one node.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
    public string KeyPrefix
    {
        get => _keyPrefix;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _keyPrefix = value;
        }
    }

    /// <summary>The number of the database, from 0. Default null: the connection's own. A cluster has database 0 only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to a negative number.</exception>
    public int? Database
    {
        get => _database;
        set
        {
            if (value is { } number)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(value));
            }

            _database = value;
        }
    }

    /// <summary>
    /// Under which key the app has registered its <see cref="StackExchange.Redis.IConnectionMultiplexer"/>. Default null: under none. For
    /// <c>AddRedisDriver</c> without a connection only.
    /// </summary>
    public object? ServiceKey { get; set; }
}
