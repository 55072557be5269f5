using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>What <c>DecorateDriver</c> was told.</summary>
internal sealed record DriverDecoration(string Name, Func<ISessionDriver, IServiceProvider, ISessionDriver> Decorate);
