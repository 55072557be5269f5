using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Docs;

/// <summary>What README.md and docs/tokens.md show of web apps, word for word.</summary>
internal static class WebSamples
{
    internal static WebApplication InTheWebSession(WebApplicationBuilder builder, string clientId, string clientSecret)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "file");
        builder.Services.AddHttpClient("podio", http => http.BaseAddress = new Uri("https://api.podio.com"))
            .AddTokenSession("podio", o => o.UsePodio(clientId, clientSecret).UseWebSession());

        var app = builder.Build();
        app.UseFuelSessions();

        app.MapGet("/sign-in", async (Session session, TokenSessionFactory tokens) =>
        {
            string state = RandomNumberGenerator.GetHexString(32);
            session.Set("podio.state", state);
            TokenSession podio = await tokens.CreateAsync("podio");
            return Results.Redirect(podio.AuthorizeUrl("https://shop.example/signed-in", scope: null, state).ToString());
        });
        app.MapGet("/signed-in", async (string code, string state, Session session, TokenSessionFactory tokens) =>
        {
            if (session.Get<string>("podio.state") != state)
            {
                return Results.BadRequest();
            }

            session.Delete("podio.state");
            session.Rotate(revokePrevious: true);
            TokenSession podio = await tokens.CreateAsync("podio");
            await podio.AuthenticateWithAuthorizationCodeAsync(code, "https://shop.example/signed-in");
            return Results.Redirect("/");
        });
        app.MapGet("/", (IHttpClientFactory http) => http.CreateClient("podio").GetStringAsync("/user/status"));
        return app;
    }

    internal static void SendToSignIn(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (TokenRefusedException) when (!context.Response.HasStarted)
            {
                context.Response.Redirect("/sign-in");
            }
        });
    }

    internal static void PerUser(WebApplicationBuilder builder, string clientId, string clientSecret)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddHttpClient("podio", http => http.BaseAddress = new Uri("https://api.podio.com"))
            .AddTokenSession("podio", o =>
            {
                o.UsePodio(clientId, clientSecret).UseRedis("localhost:6379");
                o.Owner = (services, _) => new(
                    services.GetRequiredService<IHttpContextAccessor>().HttpContext?.User.FindFirstValue(ClaimTypes.NameIdentifier)
                    ?? throw new InvalidOperationException("Nobody has signed in to this app."));
            });
    }
}
