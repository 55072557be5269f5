using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>Microsoft.AspNetCore.Session with the defaults that an app gets, over a distributed cache.</summary>
internal sealed class BuiltInSession(ServerSettings settings) : IVariant
{
    public Task AddServicesAsync(IServiceCollection services)
    {
        switch (settings.Store)
        {
            case "memory":
                services.AddDistributedMemoryCache();
                break;
            case "redis":
                services.AddStackExchangeRedisCache(cache => cache.Configuration = settings.Connection);
                break;
            default:
                throw new UsageException($"builtin is measured on memory and redis, not on '{settings.Store}'.");
        }

        services.AddSession();
        return Task.CompletedTask;
    }

    public Task UseAsync(WebApplication app)
    {
        app.UseSession();
        return Task.CompletedTask;
    }

    public void Declare(IEndpointConventionBuilder endpoint)
    {
    }

    public async ValueTask<long> ReadAsync(HttpContext context)
    {
        await context.Session.LoadAsync();
        return Read(context);
    }

    public async ValueTask<long> CountAsync(HttpContext context)
    {
        await context.Session.LoadAsync();
        return Count(context);
    }

    public long Read(HttpContext context) => context.Session.GetInt32("counter") ?? 0;

    public long Count(HttpContext context)
    {
        int next = (context.Session.GetInt32("counter") ?? 0) + 1;
        context.Session.SetInt32("counter", next);
        return next;
    }

    public async ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        await context.Session.LoadAsync();
        foreach ((string name, string value) in data)
        {
            context.Session.SetString(name, value);
        }

        context.Session.SetInt32("counter", 0);
    }
}
