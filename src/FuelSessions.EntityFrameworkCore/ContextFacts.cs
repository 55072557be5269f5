using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>What the options of a context say, which does not change while the app runs. EF looks each of it up among its services whenever it is asked.</summary>
internal sealed class ContextFacts
{
    private static readonly ConditionalWeakTable<IDbContextOptions, ContextFacts> ByOptions = [];

    private ContextFacts(DbContext context, IDbContextOptions options)
    {
        Dialect = Dialect.Of(context);

        // Those that the options name, and those that an extension of EF's brings among its services.
        IInterceptor[] interceptors = [.. options.FindExtension<CoreOptionsExtension>()?.Interceptors ?? [], .. context.GetService<IEnumerable<IInterceptor>>()];
        Onlookers = Dialect.MayBePlain ? new Onlookers(context, options, interceptors) : null;
        RelationalOptionsExtension? relational = options.Extensions.OfType<RelationalOptionsExtension>().FirstOrDefault();
        HasGivenConnection = relational?.Connection is not null;
        LeadsAnywhere = interceptors.Any(interceptor => interceptor is IDbConnectionInterceptor && !PlainSqliteConnections.IsOne(interceptor));
        File = context is IOwnContext && Dialect.IsSqlite && !HasGivenConnection && !LeadsAnywhere ? DatabaseFile.Of(context.Database.GetDbConnection()) : null;

        // One that retries does not while another one does, so that its own word is not enough.
        IExecutionStrategy strategy = context.Database.CreateExecutionStrategy();
        MayRetry = relational?.ExecutionStrategyFactory is not null || strategy is ExecutionStrategy || strategy.RetriesOnFailure;
    }

    internal Dialect Dialect { get; }

    /// <summary>Null if all goes through EF, whether or not somebody looks on.</summary>
    internal Onlookers? Onlookers { get; }

    /// <summary>Whether the app has made the connection, and may use it for something else.</summary>
    internal bool HasGivenConnection { get; }

    /// <summary>Whether an interceptor of the app's may choose the database as a connection is opened: another one for each tenant, for instance.</summary>
    internal bool LeadsAnywhere { get; }

    /// <summary>That of a context of FuelSessions' own on SQLite; null: it is not looked at which one is there.</summary>
    internal DatabaseFile? File { get; }

    /// <summary>Whether the provider may have been told to try again what fails.</summary>
    internal bool MayRetry { get; }

    internal static ContextFacts Of(DbContext context)
    {
        var options = context.GetService<IDbContextOptions>();
        return ByOptions.TryGetValue(options, out ContextFacts? facts) ? facts : Look(context, options);
    }

    private static ContextFacts Look(DbContext context, IDbContextOptions options) => ByOptions.GetValue(options, _ => new ContextFacts(context, options));
}
