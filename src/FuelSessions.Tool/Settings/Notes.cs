using Microsoft.Extensions.Logging;

namespace FuelSessions.Tool.Settings;

/// <summary>What the app would log about its settings.</summary>
internal sealed class Notes : ILoggerProvider, ILogger
{
    private readonly List<string> _all = [];

    internal IReadOnlyList<string> All => _all;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _all.Add(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
