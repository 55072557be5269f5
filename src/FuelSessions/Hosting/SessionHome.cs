using FuelSessions.Drivers;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>A driver as requests use it.</summary>
/// <param name="Storage">Null for the cookie driver, whose records come and go with the request instead of being kept at the server.</param>
/// <param name="Arrivals">How many sessions each address begins.</param>
internal sealed record SessionHome(string Driver, IdProtector Protector, SessionStorage? Storage, Arrivals Arrivals)
{
    internal bool IsCarried => Storage is null;

    /// <summary>A token of that session, which a client without cookies comes back with [C6].</summary>
    internal string TokenOf(SessionTransaction transaction, TimeProvider clock)
    {
        if (IsCarried)
        {
            throw new InvalidOperationException("The cookie driver keeps nothing at the server that a token could stand for. Use another driver for clients without cookies.");
        }

        transaction.TokenMade();
        FuelSessionsOptions options = transaction.Options;
        return Protector.ProtectToken(
            transaction.Key, transaction.TokenSecret(), clock.GetUtcNow() + (options.TokenLifetime ?? options.ExpirationTime), options.BoundName);
    }

    internal SessionStorage Carried(CarriedRecord record) => new(Driver, record, isCarried: true);
}
