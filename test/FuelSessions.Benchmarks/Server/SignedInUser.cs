using System.Security.Claims;

namespace FuelSessions.Benchmarks.Server;

/// <summary>Who is signed in wherever that is measured.</summary>
internal static class SignedInUser
{
    private const string Role = "admin";

    internal static ClaimsPrincipal Create() => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, "17"), new Claim(ClaimTypes.Name, "ada"), new Claim(ClaimTypes.Role, Role)], "password"));

    /// <summary>What an endpoint asks that not everybody may use.</summary>
    internal static bool Is(ClaimsPrincipal? user) => user?.IsInRole(Role) == true;
}
