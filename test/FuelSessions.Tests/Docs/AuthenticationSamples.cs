using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Docs;

/// <summary>What docs/authentication.md shows, word for word.</summary>
internal static class AuthenticationSamples
{
    internal static async Task<IResult> Refused(HttpContext http, ClaimsPrincipal user)
    {
        try
        {
            await http.SignInAsync(user);
            return Results.LocalRedirect("/");
        }
        catch (SignInRefusedException refused)
        {
            return Results.Problem($"You are signed in {refused.Limit} times already. End one of them first.", statusCode: 403);
        }
    }

    internal static void Own(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions();
        builder.Services.AddAuthentication().AddFuelSessions(o => o.LoginPath = "/login");
        builder.Services.AddAuthorization();

        var app = builder.Build();
        app.UseFuelSessions();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost("/login", (HttpContext http) => http.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "17")], "password"))));
        app.MapPost("/logout", (HttpContext http) => http.SignOutAsync());
        app.MapGet("/mail", () => "mail").RequireAuthorization();
    }

    internal static void Registry(WebApplication app)
    {
        app.MapGet("/sessions", (ISessionRegistry registry, Session session) => registry.ListAsync(session.Principal!)).RequireAuthorization();
        app.MapPost("/sessions/end", (ISessionRegistry registry, Session session, string handle) => registry.EndAsync(session.Principal!, handle)).RequireAuthorization();
    }

    internal static void Cookies(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions().AddRedisDriver("localhost");
        builder.Services.AddAuthentication().AddCookie().KeepTicketsInSession("redis");
    }
}
