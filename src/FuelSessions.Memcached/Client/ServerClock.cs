using FuelSessions.Memcached.Items;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// An estimate of a server's clock, which counts whole seconds: a second off at most. Real time on purpose, like all
/// time that has to do with servers.
/// </summary>
internal sealed class ServerClock
{
    private const long LastsMilliseconds = 60_000;

    // Swapped as one: the time of the server, and that of this machine's uptime, in milliseconds.
    private Sample? _sample;
    private int _asking;

    /// <summary>Whether it is time to ask the server again, since two clocks never agree for ever; true for one caller only.</summary>
    internal bool MustAsk() =>
        (Volatile.Read(ref _sample) is not { } sample || Environment.TickCount64 - sample.Uptime > LastsMilliseconds)
        && Interlocked.Exchange(ref _asking, 1) == 0;

    /// <summary>Takes in the answer to <see cref="MetaCommand.Clock"/>.</summary>
    /// <returns>The server's Unix time in seconds.</returns>
    internal long Set(long timeToLive, long askedAt)
    {
        long seconds = int.MaxValue - timeToLive;
        long uptime = Environment.TickCount64;

        // On average half of its second, and half of the way, were over.
        Volatile.Write(ref _sample, new Sample((seconds * 1000) + 500, (askedAt + uptime) / 2));
        Volatile.Write(ref _asking, 0);
        return seconds;
    }

    internal void AskAgain() => Volatile.Write(ref _asking, 0);

    /// <summary>The end that was sent for an item which has so many seconds left.</summary>
    internal int EndOf(long timeToLive) =>
        timeToLive == ItemEnd.Never || Volatile.Read(ref _sample) is not { } sample
            ? 0
            : ItemEnd.Nearest(((sample.Server + Environment.TickCount64 - sample.Uptime) / 1000) + timeToLive);

    private sealed record Sample(long Server, long Uptime);
}
