namespace FuelSessions.Engine;

/// <summary>
/// Bounds a store operation in real time. Operations that begin at about the same time share one end and its timer: it comes up to an eighth
/// late, never early.
/// </summary>
internal readonly struct StoreDeadline
{
    // One a timeout, of which an app has few, and a processor: each call registers with it, under its lock. Losing a race for a place costs a
    // timer.
    private static readonly Shared?[] Latest = new Shared?[64];

    private StoreDeadline(CancellationToken token) => Token = token;

    internal CancellationToken Token { get; }

    internal static StoreDeadline Start(TimeSpan timeout)
    {
        long now = Environment.TickCount64;
        ref Shared? place = ref Latest[(timeout.GetHashCode() + Thread.GetCurrentProcessorId()) & (Latest.Length - 1)];
        Shared? shared = Volatile.Read(ref place);
        if (shared is null || shared.Timeout != timeout || now >= shared.TakesUntil)
        {
            shared = Shared.From(now, timeout);
            Volatile.Write(ref place, shared);
        }

        return new StoreDeadline(shared.Token);
    }

    /// <summary>To be awaited before going on after a failure: whoever shares a deadline that has passed is told of it one after the other.</summary>
    internal async ValueTask StepAsideAsync()
    {
        if (Token.IsCancellationRequested)
        {
            await Task.Yield();
        }
    }

    private sealed record Shared(TimeSpan Timeout, long TakesUntil, CancellationToken Token)
    {
        internal static Shared From(long now, TimeSpan timeout)
        {
            long span = (long)Math.Min(timeout.TotalMilliseconds / 8, 1000);

            // Its timer holds it until then, and lets it go.
            var source = new CancellationTokenSource(timeout + TimeSpan.FromMilliseconds(span));
            return new Shared(timeout, now + span, source.Token);
        }
    }
}
