using FuelSessions.Tests.Servers;

namespace FuelSessions.Tool.Tests.Support;

/// <summary>The servers and the folder that the tests share.</summary>
public sealed class Places : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-tool-");
    private int _count;

    internal PostgresServer Postgres { get; } = new();

    internal MariaDbServer MariaDb { get; } = new();

    internal RedisServer Redis { get; } = new();

    public async Task InitializeAsync() => await Task.WhenAll(Postgres.InitializeAsync(), MariaDb.InitializeAsync(), Redis.InitializeAsync());

    public async Task DisposeAsync()
    {
        await Task.WhenAll(Postgres.DisposeAsync(), MariaDb.DisposeAsync(), Redis.DisposeAsync());
        _folder.Delete(recursive: true);
    }

    internal string NewPath(string name) => Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _count)}-{name}");

    /// <summary>A new and empty place.</summary>
    internal async Task<Place> NewAsync(string store) => new(store, store switch
    {
        "postgresql" => await Postgres.CreateDatabaseAsync(),
        "mysql" => await MariaDb.CreateDatabaseAsync(),
        "redis" => Redis.Configuration,
        "sqlite" => $"Data Source={NewPath("sessions.db")};Pooling=False",
        _ => NewPath("sessions"),
    }, $"fuel{Interlocked.Increment(ref _count)}:");
}
