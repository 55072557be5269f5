using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>
/// Contexts of FuelSessions' own, one an operation. Those of which no more than the connection was used, which is closed again, wait here for the next one: the same few as long as they
/// are enough, and those that nobody needs any more end. The others are EF's pool's.
/// </summary>
internal sealed class KeptContexts<TContext> : IDisposable
    where TContext : DbContext, IOwnContext
{
    // More than there are connections, in most providers' pools.
    private const int Most = 128;

    // For as long, and twice that at most, a context is kept that nobody uses.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<ContextLease> _kept = [];
    private readonly PooledDbContextFactory<TContext> _factory;
    private readonly Func<ContextLease, bool> _tryKeep;
    private readonly Timer? _clearing;
    private readonly bool _mayStand;
    private int _count;
    private volatile bool _isOver;

    /// <param name="options">Of the contexts.</param>
    /// <param name="mayStand">Whether they may hold connections that stay open: then this is to be disposed of.</param>
    internal KeptContexts(DbContextOptions<TContext> options, bool mayStand)
    {
        _factory = new PooledDbContextFactory<TContext>(options);
        _tryKeep = TryKeep;
        _mayStand = mayStand;
        _clearing = mayStand ? new Timer(static kept => ((KeptContexts<TContext>)kept!).Clear(Idle), this, Idle, Idle) : null;
    }

    internal ContextLease Lease()
    {
        if (_kept.TryTake(out ContextLease? lease))
        {
            Interlocked.Decrement(ref _count);
            return lease;
        }

        return ContextLease.FromFactory(_factory, _tryKeep, _mayStand);
    }

    public void Dispose()
    {
        _isOver = true;
        _clearing?.Dispose();
        Clear(TimeSpan.Zero);
    }

    private bool TryKeep(ContextLease lease)
    {
        if (_isOver || Volatile.Read(ref _count) >= Most)
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        _kept.Add(lease);
        if (_isOver)
        {
            // Whoever disposed of this may have been here before.
            Clear(TimeSpan.Zero);
        }

        return true;
    }

    /// <summary>Ends those that nobody has used for that long. Those that are being used come back later.</summary>
    internal void Clear(TimeSpan idle)
    {
        List<ContextLease> used = [];

        // No more than there are now: on a busy app others come meanwhile, again and again.
        for (int left = Volatile.Read(ref _count); left > 0 && _kept.TryTake(out ContextLease? lease); left--)
        {
            Interlocked.Decrement(ref _count);
            if (lease.IdleFor >= idle)
            {
                lease.End();
            }
            else
            {
                used.Add(lease);
            }
        }

        foreach (ContextLease lease in used)
        {
            if (!TryKeep(lease))
            {
                lease.End();
            }
        }
    }
}
