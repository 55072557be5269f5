using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Providers;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// Takes the SQLite connection that EF makes for a context and puts one of the same provider in its place, without EF's SQL functions:
/// those are declared whenever a connection is opened and taken away when it is closed, which costs more than the statement in between.
/// Only for contexts of FuelSessions' own, whose statements need none of them. Other providers, and connections that the app
/// supplies, are left alone. Before EF opens one it is seen to that the pool has none to a file which is there no more. Of
/// <c>UseSqlite</c>'s command timeout, which each command gets, the connection itself knows nothing.
/// </summary>
internal sealed class PlainSqliteConnections : DbConnectionInterceptor
{
    // Never taken back. Both events of one connection come on one thread, so its own answer is known when it is created.
    private volatile bool _suppliedByApp;

    internal PlainSqliteConnections() => BehindTheApps = new Lookout(this);

    /// <summary>To be added after the app's interceptors, this one before them: it sees whether one of theirs supplies the connection.</summary>
    internal IInterceptor BehindTheApps { get; }

    /// <summary>Whether an interceptor is one of these two.</summary>
    internal static bool IsOne(IInterceptor interceptor) => interceptor is PlainSqliteConnections or Lookout;

    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        if (_suppliedByApp
            || eventData.Context is not { } context
            || !Dialect.Of(context).IsSqlite
            || DbProviderFactories.GetFactory(result)?.CreateConnection() is not { } plain)
        {
            return result;
        }

        plain.ConnectionString = result.ConnectionString;
        result.Dispose();
        return plain;
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        if (eventData.Context is { } context)
        {
            ContextFacts.Of(context).File?.Renew(connection);
        }

        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        new(ConnectionOpening(connection, eventData, result));

    private sealed class Lookout(PlainSqliteConnections connections) : DbConnectionInterceptor
    {
        public override InterceptionResult<DbConnection> ConnectionCreating(
            ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result)
        {
            connections._suppliedByApp |= result.HasResult;
            return result;
        }
    }
}
