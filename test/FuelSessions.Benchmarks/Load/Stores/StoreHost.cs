using System.Globalization;
using FuelSessions.Tests.Servers;
using Microsoft.Data.Sqlite;
using MySql.Data.MySqlClient;
using Npgsql;

namespace FuelSessions.Benchmarks.Load.Stores;

/// <summary>
/// The stores of a run, each started when it is first asked for: servers on free ports of 127.0.0.1, all data in temporary folders, gone
/// with this process.
/// </summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-bench-");
    private RedisServer? _redis;
    private MemcachedProcess? _memcached;
    private PostgresServer? _postgres;
    private string? _postgresDatabase;
    private MariaDbServer? _mySql;
    private string? _mySqlDatabase;

    /// <summary>Where all server processes keep their Data Protection keys.</summary>
    internal string Keys => _folder.CreateSubdirectory("keys").FullName;

    internal RedisServer Redis => _redis ?? throw new InvalidOperationException("Redis was not started.");

    /// <summary>A file for the cookies of a measurement.</summary>
    internal string CookieFile => Path.Combine(_folder.FullName, "cookies.txt");

    /// <summary>How a subject reaches its store; null if that has no server.</summary>
    /// <exception cref="UsageException">The store's server is not installed.</exception>
    internal async Task<string?> ConnectionAsync(Subject subject) => subject.Store switch
    {
        // Without a tie breaker's key the client reads no key of its own, which would be counted.
        "redis" => $"{(await StartRedisAsync()).Configuration},tiebreaker=",
        "memcached" => (await StartMemcachedAsync()).Address,
        "postgres" => await PostgresAsync(),
        "mysql" => await MySqlAsync(),
        "sqlite" => Sqlite(subject),
        _ => null,
    };

    /// <summary>Leaves nothing in the store, so that no measurement pays for what another one has left.</summary>
    internal async Task EmptyAsync(Subject subject)
    {
        switch (subject.Store)
        {
            case "redis":
                await Redis.SendAsync("FLUSHDB", "SYNC");
                break;
            case "sqlite":
                await using (var connection = new SqliteConnection(Sqlite(subject)))
                {
                    connection.Open();
                    using SqliteCommand command = connection.CreateCommand();
                    command.CommandText = $"DELETE FROM {Table(subject)}";
                    command.ExecuteNonQuery();
                }

                break;
            case "postgres":
                await ExecuteOnPostgresAsync($"TRUNCATE {Table(subject)}");
                break;
            case "mysql":
                await ExecuteOnMySqlAsync("TRUNCATE TABLE sessions");
                break;
        }
    }

    /// <summary>How many commands the store's server has carried out so far; null if only the client can tell, or nobody.</summary>
    internal async Task<CommandCount?> CommandsAsync(Subject subject) => subject.Store switch
    {
        "redis" => CommandCount.OfRedis((string)(await Redis.SendAsync("INFO", "commandstats"))!),
        "memcached" => CommandCount.OfMemcached(await _memcached!.CommandsAsync()),
        _ => null,
    };

    /// <summary>Names and versions of what was started.</summary>
    internal async Task<IReadOnlyList<string>> VersionsAsync()
    {
        List<string> versions = [];
        if (_redis is not null)
        {
            string info = (string)(await _redis.SendAsync("INFO", "server"))!;
            versions.Add($"Redis {info.Split("redis_version:")[1].Split('\r')[0]}");
        }

        if (_memcached is not null)
        {
            versions.Add($"memcached {(await _memcached.AskAsync("version", "VERSION"))[^1].Split(' ')[1]}");
        }

        if (_postgres is not null)
        {
            versions.Add($"PostgreSQL {((string)(await ExecuteOnPostgresAsync("SHOW server_version"))!).Split(' ')[0]} (fsync on)");
        }

        if (_mySql is not null)
        {
            versions.Add($"MariaDB {((string)(await ExecuteOnMySqlAsync("SELECT version()"))!).Split('-')[0]} (flushes at each commit)");
        }

        using var memory = new SqliteConnection("Data Source=:memory:");
        memory.Open();
        versions.Add($"SQLite {memory.ServerVersion}");
        return versions;
    }

    public async ValueTask DisposeAsync()
    {
        Task stopped = Task.WhenAll(
            _redis?.DisposeAsync() ?? Task.CompletedTask,
            _memcached?.DisposeAsync() ?? Task.CompletedTask,
            _postgres?.DisposeAsync() ?? Task.CompletedTask,
            _mySql?.DisposeAsync() ?? Task.CompletedTask);
        await stopped;
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    internal async Task<object?> ExecuteOnPostgresAsync(string text)
    {
        await using var connection = new NpgsqlConnection(await PostgresAsync());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection) { CommandTimeout = 300 };
        return await command.ExecuteScalarAsync();
    }

    private async Task<object?> ExecuteOnMySqlAsync(string text)
    {
        await using var connection = new MySqlConnection(await MySqlAsync());
        await connection.OpenAsync();
        await using var command = new MySqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }

    private static string Table(Subject subject) => subject.Variant == "floor" ? "floor" : "sessions";

    private string Sqlite(Subject subject) => string.Create(CultureInfo.InvariantCulture, $"Data Source={Path.Combine(_folder.FullName, subject.Variant)}.db");

    private async Task<RedisServer> StartRedisAsync()
    {
        if (_redis is null)
        {
            _redis = new RedisServer();
            await _redis.InitializeAsync();
        }

        return _redis.MissingReason is { } reason ? throw new UsageException(reason) : _redis;
    }

    private async Task<MemcachedProcess> StartMemcachedAsync()
    {
        if (_memcached is null)
        {
            // Enough for all that a run stores: what it evicted would be a session that a later request begins anew.
            _memcached = new MemcachedProcess("-m", "2048");
            await _memcached.InitializeAsync();
        }

        return _memcached.MissingReason is { } reason ? throw new UsageException(reason) : _memcached;
    }

    private async Task<string> PostgresAsync()
    {
        if (_postgres is null)
        {
            _postgres = new PostgresServer { Flushes = true };
            await _postgres.InitializeAsync();
        }

        return _postgres.MissingReason is { } reason ? throw new UsageException(reason) : _postgresDatabase ??= await _postgres.CreateDatabaseAsync();
    }

    private async Task<string> MySqlAsync()
    {
        if (_mySql is null)
        {
            _mySql = new MariaDbServer { Flushes = true };
            await _mySql.InitializeAsync();
        }

        return _mySql.MissingReason is { } reason ? throw new UsageException(reason) : _mySqlDatabase ??= await _mySql.CreateDatabaseAsync();
    }
}
