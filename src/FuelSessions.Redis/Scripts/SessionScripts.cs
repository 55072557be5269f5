namespace FuelSessions.Redis.Scripts;

/// <summary>
/// The steps that must be atomic. They look at the first bytes of what is stored (see <see cref="StoredSession"/>): 6 of the end, 2
/// they pass over, then the version; so that a payload is neither read nor written without need. One key each, so they run on any node
/// of a cluster.
/// </summary>
internal static class SessionScripts
{
    /// <summary>
    /// Values: the version to replace (as it is stored; a zero byte: none may be there), what to store, its time to live and the
    /// present time in milliseconds. Answers with an empty text if it is stored, with what is stored if that is another version, with
    /// nil if the record to replace is absent.
    /// </summary>
    internal static RedisScript Write { get; } = new(
        """
        local head = redis.call('GETRANGE', KEYS[1], 0, 7 + #ARGV[1])
        if #head >= 6 and struct.unpack('>I6', head) <= tonumber(ARGV[4]) then
          head = ''
        end
        if head == '' then
          if ARGV[1] ~= '\0' then
            return false
          end
        elseif string.sub(head, 9) ~= ARGV[1] then
          return redis.call('GET', KEYS[1])
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return ''
        """);

    /// <summary>
    /// Values: the version to remove (as it is stored) and the present time in milliseconds. Answers as <see cref="Write"/> does.
    /// </summary>
    internal static RedisScript Delete { get; } = new(
        """
        local head = redis.call('GETRANGE', KEYS[1], 0, 7 + #ARGV[1])
        if #head < 6 or struct.unpack('>I6', head) <= tonumber(ARGV[2]) then
          return false
        end
        if string.sub(head, 9) ~= ARGV[1] then
          return redis.call('GET', KEYS[1])
        end
        redis.call('UNLINK', KEYS[1])
        return ''
        """);

    /// <summary>
    /// Values: the new end in milliseconds and as it is stored, the time to live until then and the present time in milliseconds. Answers 1 if
    /// there is a live record, 0 if not.
    /// </summary>
    internal static RedisScript Touch { get; } = new(
        """
        local head = redis.call('GETRANGE', KEYS[1], 0, 5)
        if #head < 6 then
          return 0
        end
        local ends = struct.unpack('>I6', head)
        if ends <= tonumber(ARGV[4]) then
          return 0
        end
        if ends < tonumber(ARGV[1]) then
          redis.call('SETRANGE', KEYS[1], 0, ARGV[2])
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
        end
        return 1
        """);
}
