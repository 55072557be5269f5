using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace FuelSessions.Redis.Scripts;

/// <summary>A script, sent by its hash; with its text only to a server that does not know it yet, or has forgotten it.</summary>
internal sealed class RedisScript(string text)
{
    // What Redis calls a script by; no secret depends on it.
    private readonly byte[] _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));

    internal Task<RedisResult> EvaluateAsync(IDatabase database, RedisKey[] keys, RedisValue[] values, bool withText) => withText
        // Without this flag the client would load it first, which is one more round trip, and to one node of a cluster only.
        ? database.ScriptEvaluateAsync(text, keys, values, CommandFlags.DemandMaster | CommandFlags.NoScriptCache)
        : database.ScriptEvaluateAsync(_hash, keys, values, CommandFlags.DemandMaster);

    internal static bool IsUnknown(RedisServerException error) => error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);
}
