using System.Reflection;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// StackExchange.Redis 1.x hands out asynchronous answers one after the other, each with the code that goes on from it, unless it is told
/// that their order does not matter. Later versions never do, and may not have the setting any more.
/// </summary>
internal static class AnswerOrder
{
    private static readonly PropertyInfo? Setting = typeof(IConnectionMultiplexer).GetProperty("PreserveAsyncOrder");

    internal static void Release(IConnectionMultiplexer connection) => Setting?.SetValue(connection, false);

    internal static bool IsKept(IConnectionMultiplexer connection) => Setting?.GetValue(connection) is true;
}
