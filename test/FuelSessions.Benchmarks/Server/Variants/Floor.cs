using System.Security.Cryptography;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Server.Variants.FloorStores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>
/// A handler that does by hand what can't be left out: it takes an id from a cookie, and reads, or compares and swaps, what is stored under
/// it. No protection of the cookie, no rotation, no expiry by its own clock, no names and types of variables.
/// </summary>
internal sealed class Floor(ServerSettings settings) : IVariant
{
    private const string CookieName = "sid";

    private static readonly CookieOptions Cookie = new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" };

    private IFloorStore _store = null!;

    public async Task AddServicesAsync(IServiceCollection services) => _store = settings.Store switch
    {
        "memory" => new MemoryFloor(),
        "redis" => await RedisFloor.ConnectAsync(settings.Connection!),
        "sqlite" => SqliteFloor.Open(settings.Connection!),
        "postgres" => await PostgresFloor.OpenAsync(settings.Connection!),
        _ => throw new UsageException($"floor is measured on memory, redis, sqlite and postgres, not on '{settings.Store}'."),
    };

    public Task UseAsync(WebApplication app) => Task.CompletedTask;

    public void Declare(IEndpointConventionBuilder endpoint)
    {
    }

    public async ValueTask<long> ReadAsync(HttpContext context) =>
        context.Request.Cookies[CookieName] is { } id && await _store.ReadAsync(id) is { } stored ? FloorValue.Counter(stored) : 0;

    public async ValueTask<long> CountAsync(HttpContext context)
    {
        while (context.Request.Cookies[CookieName] is { } id && await _store.ReadAsync(id) is { } stored)
        {
            byte[] next = FloorValue.Next(stored);
            if (await _store.ReplaceAsync(id, stored, next))
            {
                return FloorValue.Counter(next);
            }
        }

        return 0;
    }

    public long Read(HttpContext context) => ReadAsync(context).AsTask().GetAwaiter().GetResult();

    public long Count(HttpContext context) => CountAsync(context).AsTask().GetAwaiter().GetResult();

    public async ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await _store.AddAsync(id, FloorValue.Begin(data.Sum(variable => variable.Value.Length)));
        context.Response.Cookies.Append(CookieName, id, Cookie);
    }
}
