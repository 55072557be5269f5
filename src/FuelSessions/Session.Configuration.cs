using FuelSessions.Configuration;

namespace FuelSessions;

public sealed partial class Session
{
    /// <summary>A copy of what this session goes by. To change something use <see cref="SetConfig"/>.</summary>
    public FuelSessionsOptions Options => Live.Options.Clone();

    /// <summary>
    /// A setting of this session by its own name (<c>ExpirationTime</c>, a <see cref="TimeSpan"/>) or FuelPHP's
    /// (<c>expiration_time</c>, in seconds); null for an unknown name. A text that is not set is null under its own name, and empty under FuelPHP's.
    /// </summary>
    public object? GetConfig(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return SessionSettings.Find(name) is { } setting ? setting.Read(Live.Options, name) : null;
    }

    /// <summary>
    /// Changes a setting of this session for this request. <c>ExpirationTime</c> is kept in the record, so it holds for
    /// that session from then on.
    /// </summary>
    /// <param name="name">The setting's own name, or FuelPHP's.</param>
    /// <param name="value">The value, in the form of that name: FuelPHP's times are seconds.</param>
    /// <remarks>
    /// A cookie's setting holds for the cookie of this response, which is sent again for it. Under FuelPHP's names, what FuelPHP replaces by
    /// a default (a <c>rotation_time</c> of 0, for one) changes nothing, with a warning in the log.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no such setting, or the value is not allowed.</exception>
    /// <exception cref="InvalidOperationException">It can't be changed once the session was forged.</exception>
    public Session SetConfig(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        SessionSetting? setting = SessionSettings.Find(name);
        if (setting?.Name is nameof(FuelSessionsOptions.Driver) or nameof(FuelSessionsOptions.CookieName))
        {
            throw new InvalidOperationException(
                $"Session setting '{name}' can't be changed once the session was forged: the next request would not find it. Give it to Forge, or configure it.");
        }

        FuelSessionsOptions changed = Live.Options.Clone();
        if (SessionSettings.Take(changed, name, value) is { } note)
        {
            Request.Diagnostics.SettingNoted(note);
            return this;
        }

        if (FuelSessionsOptionsRules.Violations(changed, Driver).FirstOrDefault() is { } violation)
        {
            throw new ArgumentException($"{violation} (driver '{Driver}').", nameof(value));
        }

        bool shapesCookie = setting!.ShapesCookie && !Equals(setting.Get(changed, false), setting.Get(Live.Options, false));
        _transaction.Configure(changed, setting.Name == nameof(FuelSessionsOptions.ExpirationTime), shapesCookie);
        return this;
    }
}
