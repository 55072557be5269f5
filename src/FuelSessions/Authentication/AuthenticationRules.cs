using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Authentication;

/// <summary>What the settings of a scheme must be.</summary>
internal sealed class AuthenticationRules(IServiceProvider services) : IValidateOptions<FuelSessionsAuthenticationOptions>
{
    private readonly ConcurrentDictionary<string, string> _schemeOfDriver = new(StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, FuelSessionsAuthenticationOptions options)
    {
        string[] violations = [.. Violations(name ?? Options.DefaultName, options)];
        return violations.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
    }

    private IEnumerable<string> Violations(string scheme, FuelSessionsAuthenticationOptions options)
    {
        if (services.GetService<SessionServices>() is not { } sessions)
        {
            yield return "FuelSessions is not registered. Call builder.Services.AddFuelSessions() as well as AddAuthentication().AddFuelSessions().";
            yield break;
        }

        string driver = options.Driver ?? sessions.Profiles.Default;
        var drivers = services.GetRequiredService<DriverRegistry>();
        sessions.SignInDrivers.TryAdd(driver, true);
        if (!drivers.Contains(driver))
        {
            yield return $"Authentication setting '{nameof(options.Driver)}' of scheme '{scheme}' is '{driver}'. {drivers.Unregistered(driver)}";
        }
        else if (_schemeOfDriver.GetOrAdd(driver, scheme) is var other && other != scheme)
        {
            yield return $"The authentication schemes '{other}' and '{scheme}' both sign in to the session of driver '{driver}', which can belong to one user only. "
                + $"Give one of them another '{nameof(options.Driver)}', or cookies (AddCookie).";
        }

        if (options.SessionStore is not null)
        {
            yield return $"Authentication setting '{nameof(options.SessionStore)}' of scheme '{scheme}' is set; allowed: none, because the ticket is kept in the session.";
        }

        if (!Enum.IsDefined(options.SignOut))
        {
            yield return $"Authentication setting '{nameof(options.SignOut)}' of scheme '{scheme}' is '{options.SignOut}'; allowed: {string.Join(", ", Enum.GetNames<SignOutAction>())}.";
        }

        if (options.PrincipalName is null)
        {
            yield return $"Authentication setting '{nameof(options.PrincipalName)}' of scheme '{scheme}' is null; allowed: a function.";
        }

        if (options.ExpireTimeSpan <= TimeSpan.Zero)
        {
            yield return $"Authentication setting '{nameof(options.ExpireTimeSpan)}' of scheme '{scheme}' is '{options.ExpireTimeSpan:c}'; allowed: more than 00:00:00.";
        }
    }
}
