using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Docs;

/// <summary>What README.md and docs/tokens.md show besides, word for word.</summary>
internal static class OtherSamples
{
    internal static async Task ForUserAsync(TokenSessionFactory tokens, IHttpClientFactory http, string userId)
    {
        TokenSession podio = await tokens.CreateAsync("podio", owner: userId);
        string accessToken = await podio.GetAccessTokenAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/user/status").SetTokenOwner(userId);
        using HttpResponseMessage response = await http.CreateClient("podio").SendAsync(request);
        Assert.NotNull(accessToken);
    }

    internal static async Task ScriptAsync(string clientId, string clientSecret, string appId, string appToken)
    {
        await using TokenSession podio = await TokenSession.CreateAsync(
            new TokenSessionOptions().UsePodio(clientId, clientSecret).UseFile("tokens"), "podio");
        if (!podio.IsAuthenticated)
        {
            await podio.AuthenticateWithAppAsync(appId, appToken);
        }

        using var http = new HttpClient(podio.CreateHandler()) { BaseAddress = new Uri("https://api.podio.com") };
        Console.WriteLine(await http.GetStringAsync($"/app/{appId}"));
    }

    internal static void AnotherProvider(IServiceCollection services, string clientId, string clientSecret)
    {
        services.AddTokenSession("acme", o =>
        {
            o.ClientId = clientId;
            o.ClientSecret = clientSecret;
            o.TokenEndpoint = new Uri("https://provider.example/oauth/token");
            o.AuthorizationEndpoint = new Uri("https://provider.example/oauth/authorize");
            o.RevocationEndpoint = new Uri("https://provider.example/oauth/revoke");
            o.UseDb(db => db.UseSqlite("Data Source=tokens.db"));
        });
    }

    internal static void Managers(TokenSessionOptions o, IVault vault)
    {
        o.UseManager<VaultTokens>();                                         // from services, or made with them; never scoped
        o.UseManager(services => services.GetRequiredService<VaultTokens>());
        o.UseManager(new VaultTokens(vault));
    }

    internal static async Task SignInOnAConsoleAsync(TokenSession podio)
    {
        AuthorizationRequest request = podio.BeginAuthorization("http://127.0.0.1:5081/back");
        Uri callback = await BrowseAsync(request.Url);
        await podio.CompleteAuthorizationAsync(request, callback);
    }

    internal static void OnDemand(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient("acme", http => http.BaseAddress = new Uri("https://api.acme.example"))
            .AddTokenSession("acme", o => UseAcme(o).UseRedis("localhost:6379"))
            .WithClientCredentials(scope: "contacts:read");
    }

    internal static void OfSeveralTenants(TokenSessionOptions o)
    {
        o.Owner = (services, _) =>
        {
            ITenantUser current = services.GetRequiredService<ITenantUser>();
            return new($"{current.TenantId.Length}:{current.TenantId}{current.UserId}");
        };
    }

    internal static async Task MoveAsync(TokenSession podio, Dictionary<string, string> hash)
    {
        var token = new OAuthToken
        {
            AccessToken = hash["access_token"],
            RefreshToken = hash["refresh_token"],
            ExpiresAt = DateTimeOffset.UnixEpoch,
            Ref = new OAuthTokenRef(hash["ref_type"], hash["ref_id"]),
        };
        await podio.ImportAsync(token, AuthIdentity.App(hash["ref_id"]));
    }

    private static Task<Uri> BrowseAsync(Uri page) => Task.FromResult(page);

    private static TokenSessionOptions UseAcme(TokenSessionOptions options) => options;

    internal interface ITenantUser
    {
        string TenantId { get; }

        string UserId { get; }
    }

    internal sealed class Contacts(TokenSessionFactory tokens)
    {
        // A component has the user from AuthenticationStateProvider, a hub from Context.UserIdentifier, a job from what it was queued with.
        public async Task<string> TokenOfAsync(string userId, CancellationToken cancellationToken)
        {
            TokenSession session = await tokens.CreateAsync("podio", owner: userId, cancellationToken: cancellationToken);
            return await session.GetAccessTokenAsync(cancellationToken);
        }
    }
}

public interface IVault
{
    Task<T?> FindAsync<T>(string name, CancellationToken cancellationToken);

    Task StoreAsync<T>(string name, T value, CancellationToken cancellationToken);

    Task DeleteAsync(string name, CancellationToken cancellationToken);
}

public sealed class VaultTokens(IVault vault) : ITokenSessionManager
{
    public async Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken = default) =>
        await vault.FindAsync<OAuthToken>(NameOf(key), cancellationToken) ?? OAuthToken.Empty;

    public Task SetAsync(OAuthToken token, TokenKey key, CancellationToken cancellationToken = default) =>
        token.IsEmpty ? vault.DeleteAsync(NameOf(key), cancellationToken) : vault.StoreAsync(NameOf(key), token, cancellationToken);

    private static string NameOf(TokenKey key) => JsonSerializer.Serialize<string[]>([key.Client, key.Owner, key.Identity.Type, key.Identity.Identifier]);
}
