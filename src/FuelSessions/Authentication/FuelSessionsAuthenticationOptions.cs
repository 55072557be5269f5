using System.Security.Claims;
using FuelSessions.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FuelSessions;

/// <summary>
/// How people are signed in to sessions. The paths, events, <see cref="CookieAuthenticationOptions.SlidingExpiration"/> and
/// <see cref="CookieAuthenticationOptions.ExpireTimeSpan"/> are those of cookie authentication and mean the same; what is configured for
/// <see cref="CookieAuthenticationOptions"/> of the same scheme (<c>ConfigureApplicationCookie</c>) holds as well. The cookie is the session's own,
/// so what says how a cookie looks, is encrypted or is stored has no effect: see <see cref="FuelSessionsOptions"/>.
/// </summary>
public class FuelSessionsAuthenticationOptions : CookieAuthenticationOptions
{
    /// <summary>The driver whose session people are signed in to. Default null: <see cref="FuelSessionsOptions.Driver"/>.</summary>
    public string? Driver { get; set; }

    /// <summary>What a sign-out does, and the end of a sign-in that is over by its own time. Default <see cref="SignOutAction.EndSession"/>.</summary>
    public SignOutAction SignOut { get; set; }

    /// <summary>
    /// The name by which the session belongs to a user (<see cref="Session.Principal"/>): stable, of 256 characters at most. Default: the claim
    /// <see cref="ClaimTypes.NameIdentifier"/>, else <c>sub</c>, else <see cref="System.Security.Principal.IIdentity.Name"/>. Where it gives null or
    /// nothing but spaces, the session belongs to nobody by name, though it is signed in.
    /// </summary>
    public Func<ClaimsPrincipal, string?> PrincipalName { get; set; } = UserName.Of;

    // The default can't be told from a value that an app sets, other than by what it is.
    internal bool HasOwnTimeSpan => ExpireTimeSpan != DefaultTimeSpan;

    private static TimeSpan DefaultTimeSpan { get; } = new CookieAuthenticationOptions().ExpireTimeSpan;
}
