namespace FuelSessions.Memcached.Client;

/// <summary>What a server, or the way to it, answered. Flags, so that a command can say which answers it may get.</summary>
[Flags]
internal enum ReplyStatus
{
    None = 0,

    /// <summary><c>HD</c>: done.</summary>
    Done = 1,

    /// <summary><c>VA</c>: a value.</summary>
    Value = 2,

    /// <summary><c>EN</c>: no such item, on a get.</summary>
    Miss = 4,

    /// <summary><c>NF</c>: no such item, on anything else.</summary>
    NotFound = 8,

    /// <summary><c>EX</c>: another version is stored.</summary>
    Exists = 16,

    /// <summary><c>NS</c>: not stored, because there is an item already.</summary>
    NotStored = 32,

    /// <summary><c>SERVER_ERROR</c>: the server could not do it; the connection is fine.</summary>
    ServerError = 64,

    /// <summary><c>ERROR</c>, <c>CLIENT_ERROR</c>: the server did not understand; the connection is not fine.</summary>
    ClientError = 128,

    /// <summary>Not sent: that connection is closed.</summary>
    NotSent = 256,

    /// <summary>Not sent: it was meant for an earlier connection.</summary>
    OtherConnection = 512,
}
