using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Docs;

/// <summary>What README.md shows, word for word.</summary>
internal static class ReadmeSamples
{
    internal interface ICurrentUser
    {
        string Id { get; }
    }

    internal static void InTheWebSession(WebApplicationBuilder builder, string clientId, string clientSecret)
    {
        builder.Services.AddHttpClient("podio", http => http.BaseAddress = new Uri("https://api.podio.com"))
            .AddTokenSession("podio", o => o.UsePodio(clientId, clientSecret).UseWebSession());
    }

    internal static void PerUser(WebApplicationBuilder builder, string clientId, string clientSecret)
    {
        builder.Services.AddHttpClient("podio", http => http.BaseAddress = new Uri("https://api.podio.com"))
            .AddTokenSession("podio", o =>
            {
                o.UsePodio(clientId, clientSecret).UseRedis("localhost:6379");
                o.Owner = (services, _) => new(services.GetRequiredService<ICurrentUser>().Id);
            });
    }

    internal static async Task ScriptAsync(string clientId, string clientSecret, string appId, string appToken)
    {
        await using TokenSession podio = await TokenSession.CreateAsync(new TokenSessionOptions().UsePodio(clientId, clientSecret).UseFile("tokens"));
        if (!podio.IsAuthenticated)
        {
            await podio.AuthenticateWithAppAsync(appId, appToken);
        }

        using var http = new HttpClient(podio.CreateHandler()) { BaseAddress = new Uri("https://api.podio.com") };
        Assert.NotNull(http);
    }
}
