using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>What <c>AddDriver</c> was told.</summary>
/// <param name="Create">Makes the one instance; null for the cookie driver, whose records come and go with each request.</param>
/// <param name="OwnSettings">Names in the driver's configuration section that the driver itself reads.</param>
/// <param name="Defaults">Sets what this driver has other defaults for, before anything that the app configures.</param>
/// <param name="IsMadeAtStart">
/// Whether the app doesn't start without it, if it is the default one: a folder that can't be made is a mistake, where a server that can't be
/// reached may come back.
/// </param>
/// <param name="Limits">Brings what was configured for the whole app down to what this driver can do.</param>
internal sealed record DriverRegistration(
    string Name,
    string CookieName,
    Func<IServiceProvider, ISessionDriver>? Create,
    IReadOnlyCollection<string> OwnSettings,
    Action<FuelSessionsOptions>? Defaults = null,
    Action<FuelSessionsOptions>? Limits = null,
    bool IsMadeAtStart = false);
