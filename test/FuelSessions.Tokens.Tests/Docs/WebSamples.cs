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
        builder.Services.AddFuelSessions();
        builder.Services.AddHttpClient("podio", http => http.BaseAddress = new Uri("https://api.podio.com"))
            .AddTokenSession("podio", o => o.UsePodio(clientId, clientSecret).UseWebSession());

        var app = builder.Build();
        app.UseFuelSessions();
        app.UseTokenSignIn("/sign-in");
        app.MapTokenSignIn("podio", "/sign-in");
        app.MapGet("/", (IHttpClientFactory http) => http.CreateClient("podio").GetStringAsync("/user/status"));
        return app;
    }

    internal static void PerUser(WebApplicationBuilder builder, string clientId, string clientSecret)
    {
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
