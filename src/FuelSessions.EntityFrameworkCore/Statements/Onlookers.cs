using System.Diagnostics;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// Whether anybody is told of a context's commands: an interceptor of the app's, a log, a listener to EF's events. Where nobody is, EF's way through a command, which takes longer
/// than the command, can be left out.
/// </summary>
internal sealed class Onlookers
{
    private static readonly EventId[] OfCommands =
    [
        RelationalEventId.ConnectionOpening, RelationalEventId.ConnectionOpened, RelationalEventId.ConnectionClosing, RelationalEventId.ConnectionClosed,
        RelationalEventId.CommandCreating, RelationalEventId.CommandCreated, RelationalEventId.CommandInitialized,
        RelationalEventId.CommandExecuting, RelationalEventId.CommandExecuted, RelationalEventId.DataReaderClosing, RelationalEventId.DataReaderDisposing,
    ];

    private readonly bool _areSome;
    private readonly DiagnosticListener? _listener;
    private readonly ILogger? _commands;
    private readonly ILogger? _connections;

    internal Onlookers(DbContext context, IDbContextOptions options, IInterceptor[] interceptors)
    {
        var commands = context.GetService<IRelationalCommandDiagnosticsLogger>();
        _listener = commands.DiagnosticSource as DiagnosticListener;
        _areSome = AreIn(options) || !interceptors.All(IsOurs) || _listener is null;
        _commands = commands.Logger;
        _connections = context.GetService<IRelationalConnectionDiagnosticsLogger>().Logger;
    }

    /// <summary>To be asked for each command: logs and listeners come and go.</summary>
    internal bool AreAbsent() =>
        !_areSome
        && !_listener!.IsEnabled()
        && !_commands!.IsEnabled(LogLevel.Information)
        && !_commands.IsEnabled(LogLevel.Debug)
        && !_connections!.IsEnabled(LogLevel.Debug);

    private static bool AreIn(IDbContextOptions options)
    {
        CoreOptionsExtension? core = options.FindExtension<CoreOptionsExtension>();
        return core is null or { InternalServiceProvider: not null } or { DbContextLogger: not null }
            || core.ReplacedServices?.Keys.Any(service => service.Item1 != typeof(IModelCacheKeyFactory)) == true
            || OfCommands.Any(command => core.WarningsConfiguration.GetBehavior(command) is not null || core.WarningsConfiguration.GetLevel(command) is not null);
    }

    private static bool IsOurs(IInterceptor interceptor) => interceptor is SqliteWait || PlainSqliteConnections.IsOne(interceptor);
}
