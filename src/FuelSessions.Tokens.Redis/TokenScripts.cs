using FuelSessions.Redis.Scripts;

namespace FuelSessions.Tokens.Redis;

/// <summary>The steps that must be atomic. One key each, so they run on any node of a cluster.</summary>
internal static class TokenScripts
{
    /// <summary>
    /// Values: the version that must be there (0: none, or one that can't be made out), the time to live in milliseconds (0: for ever), then
    /// fields and their values; without any it deletes. Answers 1 if it is done, 0 if another version is there.
    /// </summary>
    internal static RedisScript Replace { get; } = new(
        """
        local stored = redis.pcall('HGET', KEYS[1], 'version')
        if type(stored) == 'table' and not string.find(stored.err, 'WRONGTYPE', 1, true) then
          return stored
        end
        if type(stored) ~= 'string' or not string.find(stored, '^[1-9]%d*$') then
          stored = '0'
        end
        if stored ~= ARGV[1] then
          return 0
        end
        redis.call('DEL', KEYS[1])
        if ARGV[3] then
          redis.call('HSET', KEYS[1], unpack(ARGV, 3))
          if ARGV[2] ~= '0' then
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
          end
        end
        return 1
        """);

    /// <summary>Values: what only this holder knows, the lock's lifetime in milliseconds. Answers 1 if it is held now, 0 if another holds it.</summary>
    internal static RedisScript Lock { get; } = new(
        "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0");

    /// <summary>Value: what only this holder knows. Another's lock stays.</summary>
    internal static RedisScript Unlock { get; } = new(
        "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0");
}
