namespace FuelSessions.Redis.Scripts;

/// <summary>
/// The steps that must be atomic. They look at the first bytes of what is stored (see <see cref="StoredSession"/>): 6 of the end, 2
/// they pass over, then the version; so that a payload is neither read nor written without need. One key each, so they run on any node
/// of a cluster.
/// </summary>
/// <remarks>
/// The first two values of each are the version that must be stored (as it is stored; a zero byte: none may be there) and the present
/// time in milliseconds. Each answers with an empty text if it is done, with what is stored if that is another version, with nil if
/// the record is absent.
/// </remarks>
internal static class SessionScripts
{
    // Goes on behind this with the live record's head in `head`, empty if there is none and none may be there.
    private const string IfStill =
        """
        local head = redis.call('GETRANGE', KEYS[1], 0, 7 + #ARGV[1])
        if #head >= 6 and struct.unpack('>I6', head) <= tonumber(ARGV[2]) then
          head = ''
        end
        if head == '' then
          if ARGV[1] ~= '\0' then
            return false
          end
        elseif string.sub(head, 9) ~= ARGV[1] then
          return redis.call('GET', KEYS[1])
        end

        """;

    /// <summary>Further values: what to store, and its time to live.</summary>
    internal static PooledScript Write { get; } = new(
        IfStill +
        """
        redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
        return ''
        """,
        values: 4);

    /// <summary>Further values: the new end in milliseconds and as it is stored, and the time to live until then.</summary>
    internal static PooledScript Touch { get; } = new(
        IfStill +
        """
        if struct.unpack('>I6', head) < tonumber(ARGV[3]) then
          redis.call('SETRANGE', KEYS[1], 0, ARGV[4])
          redis.call('PEXPIRE', KEYS[1], ARGV[5])
        end
        return ''
        """,
        values: 5);

    internal static PooledScript Delete { get; } = new(
        IfStill +
        """
        redis.call('UNLINK', KEYS[1])
        return ''
        """,
        values: 2);
}
