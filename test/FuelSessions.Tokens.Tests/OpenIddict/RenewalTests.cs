using FuelSessions.Testing;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.OpenIddict;

/// <summary>Renewals at a provider with rolling refresh tokens and reuse detection.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task Two_hundred_callers_make_one_refresh()
    {
        var clock = FakeClock.AtPresent();
        await using Authority authority = await Authority.StartAsync(clock);
        await using TokenSession session = await OpenAsync(authority);
        await session.AuthenticateWithPasswordAsync("ada", authority.Client.Password);
        clock.Advance(TimeSpan.FromHours(2));

        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => session.GetAccessTokenAsync()));

        Assert.Single(tokens.Distinct());
        Assert.Equal((1, 0), (authority.Counts.AllRefreshes, authority.Counts.Refused));
    }

    [Fact]
    public async Task Many_401s_at_once_make_one_refresh()
    {
        var clock = FakeClock.AtPresent();
        await using Authority authority = await Authority.StartAsync(clock);
        await using TokenSession session = await OpenAsync(authority);
        await session.AuthenticateWithPasswordAsync("ada", authority.Client.Password);
        using var http = new HttpClient(session.CreateHandler()) { BaseAddress = authority.Address };
        Assert.Contains("user:ada", await http.GetStringAsync("/provider/api/me"));

        // The provider's own end of it: the client does not know.
        await using TokenSession other = await OpenAsync(authority);
        await other.AuthenticateWithPasswordAsync("ada", authority.Client.Password);
        string old = session.Token.AccessToken;
        await RevokeAccessTokenAsync(authority, old);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http.GetStringAsync("/provider/api/me")));

        Assert.All(answers, answer => Assert.Contains("user:ada", answer));
        Assert.Equal((1, 0), (authority.Counts.AllRefreshes, authority.Counts.Refused));
    }

    [Fact]
    public async Task What_is_revoked_is_no_good_any_more_neither_token()
    {
        await using Authority authority = await Authority.StartAsync(FakeClock.AtPresent());
        await using TokenSession session = await OpenAsync(authority);
        await session.AuthenticateWithPasswordAsync("ada", authority.Client.Password);
        string access = session.Token.AccessToken;
        Assert.Equal(200, await CallAsync(authority, access));

        await session.RevokeAsync();

        Assert.Equal(401, await CallAsync(authority, access));
        Assert.False(session.IsAuthenticated);
    }

    [Fact]
    public async Task Client_credentials_are_asked_for_once_and_again_ahead_of_the_end()
    {
        var clock = FakeClock.AtPresent();
        await using Authority authority = await Authority.StartAsync(clock);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient("api", http => http.BaseAddress = authority.Address)
            .AddTokenSession("acme", options => authority.Configure(options).UseMemory())
            .WithClientCredentials(authority.Client.Scope);
        await using ServiceProvider provider = services.BuildServiceProvider();
        HttpClient http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => http.GetStringAsync("/provider/api/me")));
        Assert.All(answers, answer => Assert.Contains("client:demo-client", answer));
        Assert.Equal(1, authority.Counts.Issued);

        clock.Advance(TimeSpan.FromMinutes(59.5));
        Assert.Contains("client:demo-client", await http.GetStringAsync("/provider/api/me"));
        await provider.GetRequiredService<TokenSessionFactory>().Client("acme").FinishAsync(default);
        Assert.Equal(2, authority.Counts.Issued);

        clock.Advance(TimeSpan.FromHours(2));
        Assert.Contains("client:demo-client", await http.GetStringAsync("/provider/api/me"));
        Assert.Equal((3, 0), (authority.Counts.Issued, authority.Counts.Refused));
    }

    private static Task<TokenSession> OpenAsync(Authority authority) => TokenSession.CreateAsync(authority.Configure(new TokenSessionOptions()).UseMemory(), "acme");

    private static async Task<int> CallAsync(Authority authority, string accessToken)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(authority.Address, "/provider/api/me"));
        request.Headers.Authorization = new("Bearer", accessToken);
        using HttpResponseMessage answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task RevokeAccessTokenAsync(Authority authority, string accessToken)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(
            [new("token", accessToken), new("token_type_hint", "access_token"), new("client_id", authority.Client.Id), new("client_secret", authority.Client.Secret)]);
        using HttpResponseMessage answer = await http.PostAsync(new Uri(authority.Address, "/provider/oauth/revoke"), form);
        answer.EnsureSuccessStatusCode();
    }
}
