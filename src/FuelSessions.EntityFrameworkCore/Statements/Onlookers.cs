using System.Diagnostics;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// Whether anybody is told of a context's commands: an interceptor of the app's, a log, a listener to EF's events. Where nobody is, EF's way through a command, which takes longer
/// than the command, can be left out.
/// </summary>
internal static class Onlookers
{
    private static readonly EventId[] OfCommands =
    [
        RelationalEventId.ConnectionOpening, RelationalEventId.ConnectionOpened, RelationalEventId.ConnectionClosing, RelationalEventId.ConnectionClosed,
        RelationalEventId.CommandCreating, RelationalEventId.CommandCreated, RelationalEventId.CommandInitialized,
        RelationalEventId.CommandExecuting, RelationalEventId.CommandExecuted, RelationalEventId.DataReaderClosing, RelationalEventId.DataReaderDisposing,
    ];

    // What does not change while the app runs. The answers are objects as the table wants them.
    private static readonly ConditionalWeakTable<IDbContextOptions, object> ByOptions = [];

    private static readonly object None = new();
    private static readonly object Some = new();

    /// <summary>Asked for each command: logs and listeners come and go.</summary>
    internal static bool AreAbsent(DbContext context)
    {
        if (!Dialect.Of(context).MayBePlain || ByOptions.GetValue(context.GetService<IDbContextOptions>(), Look) == Some || context.Database.CurrentTransaction is not null)
        {
            return false;
        }

        var commands = context.GetService<IRelationalCommandDiagnosticsLogger>();
        return commands.DiagnosticSource is DiagnosticListener listener
            && !listener.IsEnabled()
            && !commands.Logger.IsEnabled(LogLevel.Information)
            && !commands.Logger.IsEnabled(LogLevel.Debug)
            && !context.GetService<IRelationalConnectionDiagnosticsLogger>().Logger.IsEnabled(LogLevel.Debug);
    }

    private static object Look(IDbContextOptions options)
    {
        CoreOptionsExtension? core = options.FindExtension<CoreOptionsExtension>();
        return core is null or { InternalServiceProvider: not null } or { DbContextLogger: not null }
            || core.Interceptors?.All(IsOurs) == false
            || core.ReplacedServices?.Keys.Any(service => service.Item1 != typeof(IModelCacheKeyFactory)) == true
            || OfCommands.Any(command => core.WarningsConfiguration.GetBehavior(command) is not null || core.WarningsConfiguration.GetLevel(command) is not null)
                ? Some
                : None;
    }

    private static bool IsOurs(IInterceptor interceptor) => interceptor is SqliteWait || PlainSqliteConnections.IsOne(interceptor);
}
