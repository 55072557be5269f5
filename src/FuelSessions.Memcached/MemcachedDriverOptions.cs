namespace FuelSessions.Memcached;

/// <summary>
/// Settings of the memcached driver, also read from the configuration section <c>FuelSessions:Memcached</c>; code wins.
/// What can't work stops the app at start-up.
/// </summary>
public sealed class MemcachedDriverOptions
{
    /// <summary>The servers, the same ones in any order on all nodes. Empty, the default: 127.0.0.1:11211.</summary>
    public IList<MemcachedServer> Servers { get; } = [];

    /// <summary>
    /// In front of each key; apps that share servers have prefixes of their own. Default <c>fuel:session:</c>; up to 200
    /// ASCII characters without blanks and control characters.
    /// </summary>
    public string KeyPrefix { get; set; } = "fuel:session:";

    /// <summary>
    /// Connections to each server. Commands share a connection without waiting for each other's answers, so one, the
    /// default, is enough until a processor core is busy with it; 1 to 64.
    /// </summary>
    public int ConnectionsPerServer { get; set; } = 1;

    /// <summary>
    /// Whether the sessions of a dead server go to the other ones meanwhile. Off, the default, its sessions are store
    /// failures until it is back, and nobody is logged out by a server that was only out of reach. On, they begin anew
    /// elsewhere, and once more when it is back.
    /// </summary>
    public bool RehashOnFailure { get; set; }

    /// <summary>How long a connection may take until the server has answered its first command. Default 1 second; 10 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a server may leave a command unanswered and send nothing until its connection counts as broken. Default
    /// 2 seconds; 10 ms to 1 minute.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long, at most, a server that can't be reached stays out until it is tried again; meanwhile its sessions fail
    /// at once. The first pauses are shorter: 100 ms, doubled each time. Default 5 seconds; 10 ms to 1 hour.
    /// </summary>
    public TimeSpan DeadServerTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
