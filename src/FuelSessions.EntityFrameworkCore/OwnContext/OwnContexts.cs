using System.Collections.Concurrent;
using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>Contexts of FuelSessions' own: pooled by EF, and a few kept beside that with an open connection.</summary>
internal sealed class OwnContexts<TContext>(DbContextOptions<TContext> options) : IKeepContexts, IDisposable
    where TContext : DbContext, IOwnContext
{
    private const int MostKept = 32;

    private readonly PooledDbContextFactory<TContext> _factory = new(options);
    private readonly ConcurrentQueue<DbContext> _kept = new();
    private volatile bool _isDisposed;

    internal ContextLease Rent() => _kept.TryDequeue(out DbContext? context)
        ? new ContextLease(context, this, isWarm: true)
        : new ContextLease(_factory.CreateDbContext(), this, isWarm: false);

    public bool TryKeep(DbContext context)
    {
        if (_isDisposed || _kept.Count >= MostKept || context.Database.GetDbConnection().State != ConnectionState.Open)
        {
            return false;
        }

        context.ChangeTracker.Clear();
        _kept.Enqueue(context);
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_kept.TryDequeue(out DbContext? context))
        {
            context.Dispose();
        }
    }
}
