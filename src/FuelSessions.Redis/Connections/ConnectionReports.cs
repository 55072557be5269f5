using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// What a connection last reported about itself. A call that waits for a connection only learns that its time is over; why, the client
/// says once, in an event, and before anybody can listen to that, in its log. So this listens to both.
/// </summary>
internal sealed class ConnectionReports : ILoggerFactory
{
    private ILoggerFactory _next = NullLoggerFactory.Instance;
    private RedisConnectionException? _last;

    /// <summary>Null while there is nothing to complain of. A new exception each time, to be thrown.</summary>
    internal RedisConnectionException? Last => Volatile.Read(ref _last) is { } last ? RedisFailure.Connection(last.FailureType, last.Message, last.InnerException) : null;

    /// <summary>Hears what happens from its first attempt on, and hands all that is logged on.</summary>
    internal void Hear(ConfigurationOptions configuration)
    {
        _next = configuration.LoggerFactory ?? _next;
        configuration.LoggerFactory = this;
    }

    internal void Hear(IConnectionMultiplexer connection)
    {
        connection.ConnectionFailed += (_, failed) => Take(failed.Exception as RedisConnectionException ?? RedisFailure.Connection(failed.FailureType, "", failed.Exception));
        connection.ConnectionRestored += (_, _) => Volatile.Write(ref _last, null);
        if (connection.IsConnected)
        {
            Volatile.Write(ref _last, null);
        }
    }

    internal void Take(Exception? error)
    {
        if (error is not RedisConnectionException failed)
        {
            return;
        }

        RedisConnectionException report = RedisFailure.OfConnection(failed);

        // Who is refused closes the connection, and that is reported as well: the reason is worth more than its consequence.
        if (Volatile.Read(ref _last) is not { FailureType: ConnectionFailureType.AuthenticationFailure or ConnectionFailureType.ProtocolFailure }
            || report.FailureType is ConnectionFailureType.AuthenticationFailure or ConnectionFailureType.ProtocolFailure)
        {
            Volatile.Write(ref _last, report);
        }
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => new Ear(this, _next.CreateLogger(categoryName));

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => _next.AddProvider(provider);

    // The factory behind it is the app's.
    void IDisposable.Dispose()
    {
    }

    private sealed class Ear(ConnectionReports reports, ILogger next) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => next.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || next.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            reports.Take(exception);
            if (next.IsEnabled(logLevel))
            {
                next.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
