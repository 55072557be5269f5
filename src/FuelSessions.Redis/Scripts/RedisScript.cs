using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace FuelSessions.Redis.Scripts;

/// <summary>A script, sent by its hash; with its text only to a server that does not know it yet, or has forgotten it.</summary>
internal sealed class RedisScript(string text)
{
    // What Redis calls a script by; no secret depends on it.
    private readonly byte[] _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));

    internal async Task<RedisResult> EvaluateAsync(IDatabase database, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await database.ScriptEvaluateAsync(_hash, keys, values, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Without this flag the client would load it first, which is one more round trip, and to one node of a cluster only.
            return await database.ScriptEvaluateAsync(text, keys, values, CommandFlags.DemandMaster | CommandFlags.NoScriptCache).ConfigureAwait(false);
        }
    }
}
