using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Authentication;

/// <summary>
/// Takes over what is configured for cookie authentication of the same scheme, as ASP.NET Core Identity and its users do, and puts our handler in
/// the place of the cookie handler.
/// </summary>
internal sealed class AuthenticationSetup(IServiceProvider services) : IConfigureNamedOptions<FuelSessionsAuthenticationOptions>,
    IPostConfigureOptions<FuelSessionsAuthenticationOptions>
{
    public void Configure(string? name, FuelSessionsAuthenticationOptions options)
    {
        foreach (IConfigureOptions<CookieAuthenticationOptions> setup in services.GetServices<IConfigureOptions<CookieAuthenticationOptions>>())
        {
            if (setup is IConfigureNamedOptions<CookieAuthenticationOptions> named)
            {
                named.Configure(name, options);
            }
            else if (name == Options.DefaultName)
            {
                setup.Configure(options);
            }
        }
    }

    public void Configure(FuelSessionsAuthenticationOptions options) => Configure(Options.DefaultName, options);

    public void PostConfigure(string? name, FuelSessionsAuthenticationOptions options)
    {
        foreach (IPostConfigureOptions<CookieAuthenticationOptions> setup in services.GetServices<IPostConfigureOptions<CookieAuthenticationOptions>>())
        {
            setup.PostConfigure(name, options);
        }

        options.TimeProvider ??= services.GetRequiredService<TimeProvider>();
        options.LoginPath = options.LoginPath.HasValue ? options.LoginPath : CookieAuthenticationDefaults.LoginPath;
        options.LogoutPath = options.LogoutPath.HasValue ? options.LogoutPath : CookieAuthenticationDefaults.LogoutPath;
        options.AccessDeniedPath = options.AccessDeniedPath.HasValue ? options.AccessDeniedPath : CookieAuthenticationDefaults.AccessDeniedPath;
    }

    /// <summary>Whoever registers the scheme, and when: Identity adds a cookie handler under names of its own.</summary>
    internal static void TakeOver(AuthenticationOptions options, string scheme, string? displayName)
    {
        if (options.SchemeMap.TryGetValue(scheme, out AuthenticationSchemeBuilder? there))
        {
            if (there.HandlerType != typeof(CookieAuthenticationHandler) && there.HandlerType != typeof(FuelSessionsAuthenticationHandler))
            {
                throw new InvalidOperationException(
                    $"Authentication scheme '{scheme}' is registered with {there.HandlerType?.Name ?? "no handler"} already; AddFuelSessions takes over a scheme of cookie authentication only. Give it another name.");
            }

            (there.HandlerType, there.DisplayName) = (typeof(FuelSessionsAuthenticationHandler), displayName ?? there.DisplayName);
        }
        else
        {
            options.AddScheme<FuelSessionsAuthenticationHandler>(scheme, displayName);
        }
    }
}
