using StackExchange.Redis;

namespace FuelSessions.Redis.Scripts;

/// <summary>The arrays that one call of a script takes.</summary>
internal sealed class ScriptCall(int values)
{
    internal RedisKey[] Keys { get; } = new RedisKey[1];

    internal RedisValue[] Values { get; } = new RedisValue[values];
}
