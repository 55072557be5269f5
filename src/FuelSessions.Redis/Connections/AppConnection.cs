using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>The connection that the app has among its services.</summary>
internal static class AppConnection
{
    /// <param name="services">The app's services.</param>
    /// <param name="key">Under which key it is registered; null: under none.</param>
    /// <param name="registration">The call that asked for it.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static IConnectionMultiplexer Find(IServiceProvider services, object? key, string registration) =>
        (key is null ? services.GetService<IConnectionMultiplexer>() : services.GetKeyedService<IConnectionMultiplexer>(key))
        ?? throw new InvalidOperationException(
            $"{registration} takes the app's own connection, but no {nameof(IConnectionMultiplexer)} is registered{(key is null ? "" : $" under the key '{key}'")}. "
            + $"Register one as a singleton, or name the servers: {registration.TrimEnd(')')}\"localhost:6379\").");
}
