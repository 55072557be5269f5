using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>
/// Contexts of FuelSessions' own, one an operation. Those of which no more than the connection was used, which is closed again, wait here for the next one; the others are EF's pool's.
/// </summary>
internal sealed class KeptContexts<TContext>
    where TContext : DbContext, IOwnContext
{
    // More than there are connections, in most providers' pools.
    private const int Most = 128;

    private readonly ConcurrentQueue<ContextLease> _kept = new();
    private readonly PooledDbContextFactory<TContext> _factory;
    private readonly Func<ContextLease, bool> _tryKeep;

    internal KeptContexts(DbContextOptions<TContext> options)
    {
        _factory = new PooledDbContextFactory<TContext>(options);
        _tryKeep = TryKeep;
    }

    internal ContextLease Lease() => _kept.TryDequeue(out ContextLease? lease) ? lease : ContextLease.FromFactory(_factory, _tryKeep);

    private bool TryKeep(ContextLease lease)
    {
        if (_kept.Count >= Most)
        {
            return false;
        }

        _kept.Enqueue(lease);
        return true;
    }
}
