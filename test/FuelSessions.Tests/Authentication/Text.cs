using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace FuelSessions.Tests.Authentication;

/// <summary>All that an app can see of who is signed in, as text.</summary>
internal static class Text
{
    internal static string Of(AuthenticateResult result, ClaimsPrincipal user) => string.Join(
        "\n",
        $"{(result.Succeeded ? "yes" : result.None ? "nothing" : "no")} {result.Failure?.Message} {result.Ticket?.AuthenticationScheme}",
        $"user {user.Identity?.Name} {user.Identity?.IsAuthenticated} {user.IsInRole("user")} {user.HasClaim(ClaimTypes.Role, "user")} {user.FindFirst("colour")?.Value}",
        string.Join("\n", result.Principal?.Identities.Select(Of) ?? []),
        Of(result.Properties));

    internal static string Of(AuthenticationProperties? properties) => properties is null ? "" : string.Join(
        "\n",
        $"{properties.IsPersistent} {properties.AllowRefresh} {properties.IssuedUtc:u} {properties.ExpiresUtc:u} {properties.RedirectUri} {properties.GetTokenValue("access_token")}",
        string.Join(";", properties.Items.Where(item => item.Key is not (".issued" or ".expires")).OrderBy(item => item.Key, StringComparer.Ordinal)));

    private static string Of(ClaimsIdentity identity) => string.Join(
        "\n",
        $"{identity.AuthenticationType} {identity.NameClaimType} {identity.RoleClaimType} {identity.Label} {identity.Name} {identity.BootstrapContext} {identity.Actor?.Name}",
        string.Join("\n", identity.Claims.Select(claim =>
            $"{claim.Type}={claim.Value} {claim.ValueType} {claim.Issuer} {claim.OriginalIssuer} {string.Join(",", claim.Properties)}")));
}
