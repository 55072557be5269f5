using System.Security.Claims;
using FuelSessions.Engine;

namespace FuelSessions.Authentication;

/// <summary>By which name a session belongs to whom claims say.</summary>
internal static class UserName
{
    internal static string? Of(ClaimsPrincipal user) =>
        user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.FindFirst("sub")?.Value ?? user.Identity?.Name;

    /// <summary>Null for one that says nothing.</summary>
    /// <exception cref="ArgumentException">Not every store can keep it.</exception>
    internal static string? Checked(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        PrincipalName.ThrowIfBad(name, nameof(FuelSessionsAuthenticationOptions.PrincipalName));
        return name;
    }
}
