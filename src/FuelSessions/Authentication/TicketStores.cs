using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Authentication;

/// <summary>Makes ticket stores of drivers.</summary>
internal static class TicketStores
{
    /// <exception cref="OptionsValidationException">It can't be made.</exception>
    internal static ITicketStore Make(IServiceProvider services, string? driver, string scheme)
    {
        if (services.GetService<SessionServices>() is not { } sessions)
        {
            throw Refused("FuelSessions is not registered. Call builder.Services.AddFuelSessions() as well as KeepTicketsInSession().");
        }

        string name = driver ?? sessions.Profiles.Default;
        var drivers = services.GetRequiredService<DriverRegistry>();
        if (!drivers.Contains(name))
        {
            throw Refused($"KeepTicketsInSession for scheme '{scheme}': {drivers.Unregistered(name)}");
        }

        sessions.SignInDrivers.TryAdd(name, true);
        if (sessions.HomeOf(drivers.Find(name).Name).Storage is not { } storage)
        {
            throw Refused($"KeepTicketsInSession for scheme '{scheme}': session driver '{name}' keeps nothing at the server. Name another one.");
        }

        // A ticket ends no other one.
        FuelSessionsOptions options = sessions.Profiles.For(name).Clone();
        options.MaxSessionsPerPrincipal = null;
        return new SessionTicketStore(storage, options, sessions.Engine, sessions.Events);

        OptionsValidationException Refused(string why) => new(scheme, typeof(CookieAuthenticationOptions), [why]);
    }
}
