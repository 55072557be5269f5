using System.Collections.Concurrent;
using System.Text;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Stores.WebSession;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

public sealed class WebSessionOnMemoryConformance() : WebSessionConformance("memory");

public sealed class WebSessionOnFilesConformance() : WebSessionConformance("file");

public sealed class WebSessionOnSqliteConformance() : WebSessionConformance("db")
{
    protected override async Task AddDriverAsync(FuelSessionsBuilder builder, string folder)
    {
        builder.AddDbDriver(db => db.UseSqlite($"Data Source={Path.Combine(folder, "sessions.db")};Pooling=False"));
        await using ServiceProvider services = builder.Services.BuildServiceProvider();
        await services.EnsureFuelSessionsCreatedAsync();
    }
}

[Collection(StoresOnRedis.Name)]
public sealed class WebSessionOnRedisConformance(RedisServer server) : WebSessionConformance("redis")
{
    protected override Task AddDriverAsync(FuelSessionsBuilder builder, string folder)
    {
        builder.AddRedisDriver(server.Configuration);
        return Task.CompletedTask;
    }
}

/// <summary>An owner is a session that is stored; there is no request.</summary>
public abstract class WebSessionConformance(string driver) : TokenManagerConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<SessionKey>>> _sessions = new();
    private ServiceProvider? _services;

    protected override IServiceProvider Services => _services!;

    private ISessionDriver Driver => Services.GetRequiredService<DriverRegistry>().Driver(driver);

    protected virtual Task AddDriverAsync(FuelSessionsBuilder builder, string folder) => Task.CompletedTask;

    protected override async ValueTask ChooseAsync(TokenSessionOptions options)
    {
        if (_services is null)
        {
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(Clock);
            await AddDriverAsync(
                services.AddFuelSessions(sessions =>
                {
                    sessions.Driver = driver;
                    sessions.Path = _folder.Path;
                    sessions.StoreTimeout = TimeSpan.FromSeconds(30);
                }),
                _folder.Path);
            _services = services.BuildServiceProvider();
        }

        options.UseWebSession();
    }

    protected override async ValueTask<string> OwnerAsync(string name) =>
        SessionOwner.Of(driver, await _sessions.GetOrAdd(name, _ => new Lazy<Task<SessionKey>>(BeginAsync)).Value);

    protected override async Task<string?> RawAsync()
    {
        var raw = new StringBuilder();
        foreach (Lazy<Task<SessionKey>> session in _sessions.Values)
        {
            raw.Append(Encoding.UTF8.GetString((await Driver.ReadAsync(await session.Value, default))!.Data.Span));
        }

        return raw.ToString();
    }

    protected override async ValueTask CleanUpAsync()
    {
        await _services!.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<SessionKey> BeginAsync()
    {
        DateTimeOffset now = Clock.GetUtcNow();
        var record = new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = 1,
            CurrentHash = SessionSecret.Create().Hash(),
            Created = now,
            Rotated = now,
            Updated = now,
            Expires = now.AddHours(2),
            Lifetime = TimeSpan.FromHours(2),
        };
        Assert.True((await Driver.WriteAsync(record, default)).IsWritten);
        return record.Key;
    }
}
