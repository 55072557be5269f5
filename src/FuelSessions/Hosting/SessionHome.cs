using FuelSessions.Drivers;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>A driver as requests use it.</summary>
/// <param name="Storage">Null for the cookie driver, whose records come and go with the request instead of being kept at the server.</param>
/// <param name="Arrivals">How many sessions each address begins.</param>
internal sealed record SessionHome(string Driver, IdProtector Protector, SessionStorage? Storage, Arrivals Arrivals)
{
    internal bool IsCarried => Storage is null;

    internal SessionStorage Carried(CarriedRecord record) => new(Driver, record, isCarried: true);
}
