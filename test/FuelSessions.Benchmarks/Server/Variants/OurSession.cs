using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>FuelSessions with the defaults that an app gets, on any of its stores.</summary>
internal class OurSession(ServerSettings settings) : IVariant
{
    private bool IsDb => settings.Store is "sqlite" or "postgres" or "mysql";

    public Task AddServicesAsync(IServiceCollection services)
    {
        FuelSessionsBuilder builder = services.AddFuelSessions(options =>
        {
            options.Driver = IsDb ? "db" : settings.Store;
            options.Path = settings.Store == "file" ? settings.Connection : null;
            options.GcInterval = settings.CollectEvery ?? TimeSpan.Zero;

            // The default is one MiB, which a payload of that size and its names exceed.
            options.MaxPayloadBytes = 2 * 1024 * 1024;
        });
        switch (settings.Store)
        {
            case "redis":
                builder.AddRedisDriver(settings.Connection!);
                break;
            case "memcached":
                builder.AddMemcachedDriver(settings.Connection!);
                break;
            case "sqlite":
                builder.AddDbDriver(options => Counted(options.UseSqlite(settings.Connection)));
                break;
            case "postgres":
                builder.AddDbDriver(options => Counted(options.UseNpgsql(settings.Connection)));
                break;
            case "mysql":
                builder.AddDbDriver(options => Counted(options.UseMySQL(settings.Connection!)));
                break;
            case "memory" or "cookie" or "file":
                break;
            default:
                throw new UsageException($"ours has no store '{settings.Store}'.");
        }

        Add(builder);
        return Task.CompletedTask;
    }

    public virtual async Task UseAsync(WebApplication app)
    {
        if (IsDb)
        {
            await app.EnsureFuelSessionsCreatedAsync();
        }

        app.UseFuelSessions();
    }

    public void Declare(IEndpointConventionBuilder endpoint) => endpoint.WithSession();

    public ValueTask<long> ReadAsync(HttpContext context) => ValueTask.FromResult(Read(context));

    public ValueTask<long> CountAsync(HttpContext context) => ValueTask.FromResult(Count(context));

    public virtual long Read(HttpContext context) => Session.Current.Get<long>("counter");

    public long Count(HttpContext context) => Session.Current.Increment("counter");

    public virtual ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        Session session = Session.Current;
        foreach ((string name, string value) in data)
        {
            session.Set(name, value);
        }

        // Last, so that whoever looks for it passes all others.
        session.Set("counter", 0L);
        return default;
    }

    /// <summary>What another kind of app has beside its sessions.</summary>
    protected virtual void Add(FuelSessionsBuilder sessions)
    {
    }

    private void Counted(DbContextOptionsBuilder options)
    {
        if (settings.CountsStatements)
        {
            options.AddInterceptors(StatementCounter.Instance);
        }
    }
}
