using FuelSessions.Memcached.Items;

namespace FuelSessions.Memcached.Client;

/// <summary>An answer, with the flags that were asked for.</summary>
internal readonly record struct Reply(ReplyStatus Status)
{
    /// <summary>The item's value; null without one.</summary>
    internal byte[]? Value { get; init; }

    /// <summary>The token of the command that it answers; null if it names none.</summary>
    internal uint? Opaque { get; init; }

    /// <summary>The number of the item's version.</summary>
    internal ulong Cas { get; init; }

    /// <summary>The seconds that remain of the item's time, or <see cref="ItemEnd.Never"/>.</summary>
    internal long TimeToLive { get; init; }

    /// <summary>The Unix time that was sent as the item's end; set by the connection, which knows the server's clock.</summary>
    internal int End { get; init; }

    /// <summary>Which connection it came on.</summary>
    internal long Connection { get; init; }

    /// <summary>What an error said.</summary>
    internal string? Error { get; init; }
}
