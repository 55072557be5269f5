using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>No session at all: what the web server and the endpoint cost by themselves.</summary>
internal sealed class NoSession : IVariant
{
    public Task AddServicesAsync(IServiceCollection services) => Task.CompletedTask;

    public Task UseAsync(WebApplication app) => Task.CompletedTask;

    public void Declare(IEndpointConventionBuilder endpoint)
    {
    }

    public ValueTask<long> ReadAsync(HttpContext context) => ValueTask.FromResult(0L);

    public ValueTask<long> CountAsync(HttpContext context) => ValueTask.FromResult(0L);

    public long Read(HttpContext context) => 0;

    public long Count(HttpContext context) => 0;

    public ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        // As long as a protected id and another one for each browser: the server makes a text of each that it has not just seen.
        if (context.Request.Path == "/seed")
        {
            context.Response.Cookies.Append("sid", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(118)));
        }

        return default;
    }
}
