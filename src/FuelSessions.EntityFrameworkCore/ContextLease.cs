using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// A context for one operation. Never the request's own: what the app does in its unit of work, a rollback included,
/// must not reach the session.
/// </summary>
internal readonly struct ContextLease : IDisposable, IAsyncDisposable
{
    private readonly bool _owned;
    private readonly AsyncServiceScope? _scope;

    private ContextLease(DbContext context, bool owned, AsyncServiceScope? scope)
    {
        Context = context;
        _owned = owned;
        _scope = scope;
    }

    internal DbContext Context { get; }

    internal static ContextLease FromFactory<TContext>(IDbContextFactory<TContext> factory)
        where TContext : DbContext => new(factory.CreateDbContext(), owned: true, scope: null);

    /// <summary>From the app's factory if it registered one, of whatever lifetime; else from a scope of its own.</summary>
    internal static ContextLease FromServices<TContext>(IServiceScopeFactory scopes)
        where TContext : DbContext
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        try
        {
            return scope.ServiceProvider.GetService<IDbContextFactory<TContext>>() is { } factory
                ? new ContextLease(factory.CreateDbContext(), owned: true, scope)
                : new ContextLease(scope.ServiceProvider.GetRequiredService<TContext>(), owned: false, scope);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_owned)
        {
            Context.Dispose();
        }

        _scope?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned)
        {
            await Context.DisposeAsync().ConfigureAwait(false);
        }

        if (_scope is { } scope)
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }
}
