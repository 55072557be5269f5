using System.Net;
using System.Runtime.InteropServices;

namespace FuelSessions;

/// <summary>
/// How many sessions each client's address has begun in its current minute, which begins with the first of them. Knows a bounded number of
/// addresses: with more at once it forgets the ones whose minute began first [F7].
/// </summary>
internal sealed class Arrivals(TimeProvider clock)
{
    /// <summary>Some 5 MB.</summary>
    internal const int MostNetworks = 65_536;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Each minute is as long as the others, so the first one that began is the first that ends.
    private readonly Dictionary<ClientNetwork, (long Since, int Count)> _minutes = [];
    private readonly Queue<ClientNetwork> _order = new();
    private readonly Lock _counting = new();

    internal int Known
    {
        get
        {
            lock (_counting)
            {
                return _minutes.Count;
            }
        }
    }

    /// <summary>Counts another one; if it is one too many, what to refuse it with instead. Who has no address is not counted.</summary>
    internal TooManySessionsException? Refuse(IPAddress? address, FuelSessionsOptions options)
    {
        if (options.NewSessionsPerMinute is not { } limit || address is null)
        {
            return null;
        }

        var network = ClientNetwork.Of(address);
        lock (_counting)
        {
            long now = clock.GetTimestamp();
            Forget(now);
            ref (long Since, int Count) minute = ref CollectionsMarshal.GetValueRefOrAddDefault(_minutes, network, out bool isKnown);
            if (!isKnown)
            {
                minute = (now, 0);
                _order.Enqueue(network);
            }

            if (minute.Count >= limit)
            {
                TimeSpan left = Minute - clock.GetElapsedTime(minute.Since, now);
                return new TooManySessionsException(limit, TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)));
            }

            minute.Count++;
            return null;
        }
    }

    private void Forget(long now)
    {
        while (_order.TryPeek(out ClientNetwork first)
            && (_order.Count >= MostNetworks || clock.GetElapsedTime(_minutes[first].Since, now) >= Minute))
        {
            _minutes.Remove(_order.Dequeue());
        }
    }
}
