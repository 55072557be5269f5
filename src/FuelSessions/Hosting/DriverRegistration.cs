using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>What <see cref="FuelSessionsBuilder.AddDriver"/> was told.</summary>
internal sealed record DriverRegistration(string Name, string CookieName, Func<IServiceProvider, ISessionDriver> Create);
