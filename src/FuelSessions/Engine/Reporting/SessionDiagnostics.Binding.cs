using FuelSessions.Records;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Engine;

/// <summary>What is told of sessions that are bound to devices.</summary>
internal sealed partial class SessionDiagnostics
{
    internal void Bound(string driver, SessionKey key, DeviceKeyAlgorithm algorithm)
    {
        Binding(driver, "bound");
        LogBound(key.Fingerprint, driver, algorithm);
    }

    internal void RegistrationRefused(string driver, string reason)
    {
        Binding(driver, "registration_refused", reason);
        LogRegistrationRefused(driver, reason);
    }

    internal void RefreshRefused(string driver, string reason)
    {
        Binding(driver, "refresh_refused", reason);
        LogRefreshRefused(driver, reason);
    }

    internal void BindingFailed(string driver, Exception error)
    {
        Binding(driver, "failed");
        LogBindingFailed(driver, error);
    }

    /// <summary>Counts what happens to bindings.</summary>
    internal void Binding(string driver, string outcome, string? reason = null)
    {
        var told = new KeyValuePair<string, object?>("outcome", outcome);
        if (reason is null)
        {
            _counters.Bindings.Add(1, Driver(driver), told);
        }
        else
        {
            _counters.Bindings.Add(1, Driver(driver), told, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    [LoggerMessage(171, LogLevel.Information, "Session {Fingerprint} on driver {Driver} is bound to a device ({Algorithm}).")]
    private partial void LogBound(string fingerprint, string driver, DeviceKeyAlgorithm algorithm);

    [LoggerMessage(172, LogLevel.Warning, "Session {Fingerprint} on driver {Driver} is bound to a device, and was asked for without a good bound cookie: by a copied cookie, or a browser that could not refresh. OnUnboundRequest says what the request got.")]
    private partial void LogUnproved(string fingerprint, string driver);

    [LoggerMessage(173, LogLevel.Information, "A browser's registration of a device for a session on driver {Driver} was refused: {Reason}. Its session goes on unbound.")]
    private partial void LogRegistrationRefused(string driver, string reason);

    [LoggerMessage(174, LogLevel.Information, "A browser's refresh of a bound session on driver {Driver} was refused: {Reason}.")]
    private partial void LogRefreshRefused(string driver, string reason);

    [LoggerMessage(175, LogLevel.Error, "A browser could not bind or refresh its session on driver {Driver}; it keeps the binding that it has, and tries again.")]
    private partial void LogBindingFailed(string driver, Exception error);
}
