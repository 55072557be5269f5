using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server;

/// <summary>One way to have a session, or none: what the scenarios do with it.</summary>
internal interface IVariant
{
    Task AddServicesAsync(IServiceCollection services);

    /// <summary>Adds the middleware, and makes the tables if the store has any.</summary>
    Task UseAsync(WebApplication app);

    /// <summary>Lets an endpoint say that it uses its session, where that can be said.</summary>
    void Declare(IEndpointConventionBuilder endpoint);

    /// <summary>The session's counter.</summary>
    ValueTask<long> ReadAsync(HttpContext context);

    /// <summary>Adds one to it.</summary>
    ValueTask<long> CountAsync(HttpContext context);

    /// <summary>The same as <see cref="ReadAsync"/> in code that waits for the store on its thread.</summary>
    long Read(HttpContext context);

    /// <summary>The same as <see cref="CountAsync"/> in code that waits for the store on its thread.</summary>
    long Count(HttpContext context);

    /// <summary>A session begins, with a counter of zero and these variables.</summary>
    ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data);
}
