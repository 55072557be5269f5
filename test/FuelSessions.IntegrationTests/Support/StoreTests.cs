using FuelSessions.IntegrationTests.Support.Stores;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Tests that run on several stores; whatever they start ends with them.</summary>
[Collection(PostgresCollection.Name)]
public abstract class StoreTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _owned = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        while (_owned.TryPop(out IAsyncDisposable? owned))
        {
            await owned.DisposeAsync();
        }
    }

    private protected async Task<Store> NewStoreAsync(string name) => Own<Store>(name switch
    {
        "memory" => new MemoryStore(),
        "file" => new FileStore(),
        "sqlite" => new SqliteStore(),
        "redis" => await RedisStore.StartAsync(),
        "memcached" => await MemcachedStore.StartAsync(),
        "postgres" => new PostgresStore(postgres, await postgres.CreateDatabaseAsync()),
        "mariadb" => new MariaDbStore(SharedMariaDb.Server, await SharedMariaDb.Server.CreateDatabaseAsync()),
        _ => new CookieStore(),
    });

    private protected async Task<SessionApp> StartAsync(
        string store,
        Action<FuelSessionsOptions>? configure = null,
        Action<WebApplication>? map = null,
        Action<WebApplication>? before = null,
        Action<IServiceCollection>? services = null) => await StartAsync(await NewStoreAsync(store), configure, map, before, services: services);

    /// <summary>One more app on a store: another node, or the same one after a restart.</summary>
    private protected async Task<SessionApp> StartAsync(
        Store store,
        Action<FuelSessionsOptions>? configure = null,
        Action<WebApplication>? map = null,
        Action<WebApplication>? before = null,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? services = null) => Own(await SessionApp.StartAsync(store, configure, map, before, clock, services));

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
