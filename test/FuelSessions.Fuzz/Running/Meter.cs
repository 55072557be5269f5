namespace FuelSessions.Fuzz.Running;

/// <summary>What the code under test allocates, without what a target's own checks do; and how much it was given.</summary>
internal sealed class Meter
{
    private long _start;

    internal long Bytes { get; private set; }

    /// <summary>How many bytes it was given that are not the input's own.</summary>
    internal long Given { get; private set; }

    internal void Clear() => (Bytes, Given) = (0, 0);

    internal void Give(long bytes) => Given += bytes;

    internal void Start() => _start = GC.GetAllocatedBytesForCurrentThread();

    internal void Stop() => Bytes += GC.GetAllocatedBytesForCurrentThread() - _start;
}
