using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// A context for one operation. Never the request's own: what the app does in its unit of work, a rollback included,
/// must not reach the session.
/// </summary>
internal sealed class ContextLease : IDisposable, IAsyncDisposable
{
    private readonly AsyncServiceScope? _scope;
    private readonly bool _owned;
    private readonly IKeepContexts? _keeper;
    private bool _isWarm;

    private ContextLease(DbContext context, bool owned, AsyncServiceScope? scope)
    {
        Context = context;
        _owned = owned;
        _scope = scope;
    }

    /// <param name="context">A context of FuelSessions' own.</param>
    /// <param name="keeper">What may take it back with its connection open.</param>
    /// <param name="isWarm">Whether it was taken back so before.</param>
    internal ContextLease(DbContext context, IKeepContexts keeper, bool isWarm)
        : this(context, owned: true, scope: null) => (_keeper, _isWarm) = (keeper, isWarm);

    internal DbContext Context { get; }

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

    /// <summary>
    /// Keeps a SQLite connection of FuelSessions' own open for the next operation: each time it is opened EF gives it a dozen functions,
    /// which costs more than a statement. Connections to servers can break, and are left to their pools.
    /// </summary>
    internal void Warm()
    {
        if (MayWarm)
        {
            Context.Database.OpenConnection();
            _isWarm = true;
        }
    }

    /// <inheritdoc cref="Warm"/>
    internal async ValueTask WarmAsync(CancellationToken cancellationToken)
    {
        if (MayWarm)
        {
            await Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            _isWarm = true;
        }
    }

    /// <summary>After an error: the next operation begins with a connection of its own.</summary>
    internal void Cool() => _isWarm = false;

    public void Dispose()
    {
        if (IsTakenBack())
        {
            return;
        }

        if (_owned)
        {
            Context.Dispose();
        }

        _scope?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (IsTakenBack())
        {
            return;
        }

        if (_owned)
        {
            await Context.DisposeAsync().ConfigureAwait(false);
        }

        if (_scope is { } scope)
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool MayWarm => _keeper is not null && !_isWarm && Context.Database.ProviderName == SqliteBusyTimeout.Provider;

    private bool IsTakenBack() => _isWarm && _keeper!.TryKeep(Context);
}
