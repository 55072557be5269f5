using System.Collections.Concurrent;

namespace FuelSessions.Engine;

/// <summary>Bounds a store operation in real time. Its timer is used again by later ones.</summary>
internal readonly struct StoreDeadline : IDisposable
{
    private const int MostPooled = 256;

    private static readonly ConcurrentQueue<CancellationTokenSource> Pool = new();

    private readonly CancellationTokenSource _source;

    private StoreDeadline(CancellationTokenSource source) => _source = source;

    internal CancellationToken Token => _source.Token;

    internal static StoreDeadline Start(TimeSpan timeout)
    {
        if (!Pool.TryDequeue(out CancellationTokenSource? source))
        {
            source = new CancellationTokenSource();
        }

        source.CancelAfter(timeout);
        return new StoreDeadline(source);
    }

    public void Dispose()
    {
        if (_source.TryReset() && Pool.Count < MostPooled)
        {
            Pool.Enqueue(_source);
        }
        else
        {
            _source.Dispose();
        }
    }
}
