namespace FuelSessions.Redis.Scripts;

/// <summary>The steps at a principal's set that must be atomic. One key each.</summary>
internal static class PrincipalScripts
{
    /// <summary>Values: a session's key, the present time, and how long the set is to live at least; an empty text: for good.</summary>
    internal static RedisScript Add { get; } = new(
        """
        local known = redis.call('EXISTS', KEYS[1])
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        if ARGV[3] == '' then
          redis.call('PERSIST', KEYS[1])
        else
          local left = redis.call('PTTL', KEYS[1])
          if known == 0 or (left >= 0 and left < tonumber(ARGV[3])) then
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
          end
        end
        return ''
        """);

    /// <summary>Values: a time, and keys, each of which goes unless it was announced since.</summary>
    internal static RedisScript Trim { get; } = new(
        """
        for i = 2, #ARGV do
          local announced = redis.call('ZSCORE', KEYS[1], ARGV[i])
          if announced and tonumber(announced) < tonumber(ARGV[1]) then
            redis.call('ZREM', KEYS[1], ARGV[i])
          end
        end
        return ''
        """);
}
