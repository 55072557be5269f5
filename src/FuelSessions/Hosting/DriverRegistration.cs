using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>What <see cref="FuelSessionsBuilder.AddDriver"/> was told.</summary>
/// <param name="Create">Makes the one instance; null for the cookie driver, whose records come and go with each request.</param>
/// <param name="OwnSettings">Names in the driver's configuration section that the driver itself reads.</param>
/// <param name="Defaults">What this driver needs other defaults for.</param>
internal sealed record DriverRegistration(
    string Name,
    string CookieName,
    Func<IServiceProvider, ISessionDriver>? Create,
    IReadOnlyCollection<string> OwnSettings,
    Action<SessionOptions>? Defaults = null);
