using System.Security.Claims;

namespace FuelSessions.Tests.Authentication;

/// <summary>Who signs in.</summary>
internal static class Principals
{
    internal static ClaimsPrincipal Named(string name) => name switch
    {
        "nobody" => new ClaimsPrincipal(new ClaimsIdentity([new Claim("colour", "green")], "password")),
        "unauthenticated" => new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "x")])),
        "two" => new ClaimsPrincipal([Identity("ann"), new ClaimsIdentity([new Claim("badge", "7")], "card", "badge", "duty") { Label = "card" }]),
        "rich" => new ClaimsPrincipal(Rich()),
        "admin" => new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "0"), new Claim(ClaimTypes.Role, "admin")], "password")),
        _ => new ClaimsPrincipal(Identity(name)),
    };

    private static ClaimsIdentity Identity(string name) => new(
        [new Claim(ClaimTypes.NameIdentifier, $"id-{name}"), new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, "user")],
        "password");

    private static ClaimsIdentity Rich()
    {
        var identity = new ClaimsIdentity("password", "nick", "duty") { Label = "rich", BootstrapContext = "boot" };
        identity.AddClaim(new Claim("nick", "Ännchen\u4e00\U0001F600"));
        identity.AddClaim(new Claim("duty", "", ClaimValueTypes.String, "https://issuer.example", "https://original.example"));
        identity.AddClaim(new Claim("age", "41", ClaimValueTypes.Integer32));
        identity.AddClaim(new Claim("age", "42", ClaimValueTypes.Integer32));
        identity.AddClaim(new Claim("long", new string('x', 3000)) { Properties = { ["part"] = "1", ["kind"] = "long" } });
        identity.Actor = Identity("actor");
        return identity;
    }
}
