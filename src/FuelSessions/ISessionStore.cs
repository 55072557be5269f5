namespace FuelSessions;

/// <summary>
/// The sessions of the current request, for constructor injection. Scoped. Several threads of the request may ask at once, and are given the
/// same ones. They end with the request: what is used afterwards throws <see cref="ObjectDisposedException"/>.
/// </summary>
public interface ISessionStore
{
    /// <summary>The session of the default driver.</summary>
    Session Current { get; }

    /// <summary>The session that was forged under that cookie name in this request; null if none was.</summary>
    Session? Instance(string cookieName);

    /// <summary>This request's session of a driver, as configured.</summary>
    /// <param name="driver">The driver's name, in whatever case; null: the default one.</param>
    /// <exception cref="InvalidOperationException">
    /// No such driver is registered, or its cookie name already belongs to another driver's session of this request.
    /// </exception>
    Session Forge(string? driver = null);

    /// <summary>
    /// The same with settings of its own, merged into the configured ones. May run twice, on different copies: the driver
    /// that it chooses decides which configuration it changes.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    /// <exception cref="InvalidOperationException">As for a driver; or the session was forged with other settings before.</exception>
    Session Forge(Action<FuelSessionsOptions> configure);

    /// <summary>
    /// The same with settings by name, in FuelPHP's way: <c>driver</c>, <c>cookie_name</c>, <c>expiration_time</c> in
    /// seconds; a map under a driver's name overrides for that driver.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is unknown or not allowed.</exception>
    /// <exception cref="InvalidOperationException">As above.</exception>
    Session Forge(IReadOnlyDictionary<string, object?> settings);

    /// <summary>Forges a session and reads it without blocking.</summary>
    Task<Session> ForgeAsync(string? driver = null, CancellationToken cancellationToken = default);

    /// <summary>Forges a session with settings of its own and reads it without blocking.</summary>
    Task<Session> ForgeAsync(Action<FuelSessionsOptions> configure, CancellationToken cancellationToken = default);

    /// <summary>Forges a session with settings by name and reads it without blocking.</summary>
    Task<Session> ForgeAsync(IReadOnlyDictionary<string, object?> settings, CancellationToken cancellationToken = default);
}
