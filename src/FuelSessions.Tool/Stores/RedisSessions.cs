using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis;
using FuelSessions.Redis.Connections;
using FuelSessions.Redis.KeyRing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FuelSessions.Tool.Stores;

/// <summary>The keys of the redis driver, on each primary of a cluster.</summary>
internal sealed class RedisSessions : IStoredSessions
{
    internal const string Kind = "redis";

    private readonly ConnectionMultiplexer _connection;
    private readonly ServiceProvider _services;
    private readonly string _prefix;

    private RedisSessions(ConnectionMultiplexer connection, string prefix)
    {
        (_connection, _prefix) = (connection, prefix);
        var services = new ServiceCollection();
        services.AddFuelSessions(o => o.Driver = Kind).AddRedisDriver(connection, o => o.KeyPrefix = prefix);
        _services = services.BuildServiceProvider();
    }

    private ISessionDriver Driver => _services.GetRequiredService<DriverRegistry>().Driver(Kind);

    internal static async Task<RedisSessions> OpenAsync(string configuration, string prefix)
    {
        ConfigurationOptions options;
        try
        {
            options = OwnConnection.Parse(configuration);
        }
        catch (ArgumentException error)
        {
            throw new ToolException(ExitCode.Failed, $"The connection string can't be used. {error.Message}");
        }

        options.AllowAdmin = true;

        // An app waits for a server that is away, as abortConnect=false has it. Here one would be told that there are no sessions.
        options.AbortOnConnectFail = true;
        return new RedisSessions(await ConnectionMultiplexer.ConnectAsync(options), prefix);
    }

    public async IAsyncEnumerable<StoredEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IDatabase database = _connection.GetDatabase();
        foreach (IServer server in Primaries())
        {
            await foreach (RedisKey name in server.KeysAsync(database.Database, Pattern(_prefix), pageSize: 500).WithCancellation(cancellationToken))
            {
                if (KeyOf(name) is { } key && await EntryAsync(key, name) is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }

    public async IAsyncEnumerable<StoredEntry> ReadCandidatesAsync(string principal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SessionRecord found in await ((IFindByPrincipal)Driver).FindByPrincipalAsync(principal, cancellationToken))
        {
            if (await EntryAsync(found.Key, StoredSession.Name(Encoding.UTF8.GetBytes(_prefix), found.Key)) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public async Task<bool> RemoveAsync(SessionRecord record, CancellationToken cancellationToken) =>
        (await Driver.DeleteAsync(record.Key, record.Version, cancellationToken)).Winner is null;

    public Task<long?> CollectAsync(DateTimeOffset now, Action<long> progress, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (IServer server in Primaries())
        {
            yield return ClockSkew.Found(await server.TimeAsync());
            string policy = await SettingAsync(server, "maxmemory-policy");
            bool isBounded = await SettingAsync(server, "maxmemory") is not ("" or "0");
            yield return new Finding("eviction", isBounded ? policy : $"none: maxmemory is not set ({policy})", !isBounded || policy is "noeviction" or ""
                ? null
                : "A full server throws sessions away: people are logged out, and nobody is told. CONFIG SET maxmemory-policy noeviction, and enough maxmemory: then a full server refuses, and the app sees it (docs/redis.md).");
            bool isAppended = await SettingAsync(server, "appendonly") == "yes";
            bool isSaved = await SettingAsync(server, "save") is not "";
            yield return new Finding("persistence", isAppended ? "appendonly" : isSaved ? "snapshots" : "none", isAppended
                ? null
                : "After a crash of the server the sessions since the last snapshot, or all, are gone. CONFIG SET appendonly yes, and in its file (docs/redis.md).");
        }

        yield return KeyRing.Found(await _connection.GetDatabase().KeyExistsAsync(_prefix + RedisKeyRepository.Name));
        yield return await Probing.FoundAsync(Kind, Driver);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<StoredEntry?> EntryAsync(SessionKey key, RedisKey name) =>
        (byte[]?)await _connection.GetDatabase().StringGetAsync(name) is { } stored ? StoredEntry.Of(key, stored.Length, () => StoredSession.Decode(key, stored)) : null;

    private IEnumerable<IServer> Primaries() => _connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });

    private SessionKey? KeyOf(RedisKey name)
    {
        string text = name.ToString()[_prefix.Length..];
        Span<byte> bytes = stackalloc byte[SessionKey.Size + 1];
        return text.Length == Base64Url.GetEncodedLength(SessionKey.Size) && Base64Url.TryDecodeFromChars(text, bytes, out int written) && written == SessionKey.Size
            ? SessionKey.FromBytes(bytes[..SessionKey.Size])
            : null;
    }

    // Not everybody may ask a server for its settings; some don't have them.
    private static async Task<string> SettingAsync(IServer server, string name)
    {
        try
        {
            return (await server.ConfigGetAsync(name)).FirstOrDefault().Value ?? "";
        }
        catch (RedisException)
        {
            return "";
        }
    }

    private static string Pattern(string prefix)
    {
        var pattern = new StringBuilder();
        foreach (char character in prefix)
        {
            pattern.Append(character is '*' or '?' or '[' or ']' or '\\' or '^' ? "\\" : "").Append(character);
        }

        return pattern.Append('*').ToString();
    }
}
