using Microsoft.Extensions.ObjectPool;
using StackExchange.Redis;

namespace FuelSessions.Redis.Scripts;

/// <summary>A script whose calls are used again once they were answered: the client is done with their arrays then, and not before.</summary>
/// <param name="text">The script.</param>
/// <param name="values">How many values it takes, beside one key.</param>
internal sealed class PooledScript(string text, int values)
{
    // As many as wait at the same time on a busy server; more are left to the garbage collector.
    private const int MostKept = 1024;

    private readonly RedisScript _script = new(text);
    private readonly DefaultObjectPool<ScriptCall> _calls = new(new Policy(values), MostKept);

    /// <summary>A call whose values are to be set.</summary>
    internal ScriptCall Begin(RedisKey key)
    {
        ScriptCall call = _calls.Get();
        call.Keys[0] = key;
        return call;
    }

    internal Task<RedisResult> EvaluateAsync(IDatabase database, ScriptCall call, bool withText) =>
        _script.EvaluateAsync(database, call.Keys, call.Values, withText);

    /// <summary>Takes back a call that was answered.</summary>
    internal void End(ScriptCall call) => _calls.Return(call);

    private sealed class Policy(int values) : IPooledObjectPolicy<ScriptCall>
    {
        public ScriptCall Create() => new(values);

        public bool Return(ScriptCall call)
        {
            // A record may be large.
            Array.Clear(call.Values);
            return true;
        }
    }
}
