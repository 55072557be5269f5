using FuelSessions.Demo.Authority;
using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.OpenIddict;

/// <summary>Several processes, and one that is killed, at a provider that revokes what seems stolen.</summary>
public sealed class ProcessTests
{
    // As the processes have the stand-in's.
    private static readonly OAuthStandIn Known = new(TimeProvider.System);

    [Fact]
    public async Task Two_hundred_callers_in_two_processes_make_one_refresh()
    {
        using var folder = new TemporaryFolder();
        await using Authority authority = await StartAsync();
        Place place = await SignInAsync(authority, folder);
        await using Child one = Child.Start(ChildPrograms.Callers, place.Arguments);
        await using Child two = Child.Start(ChildPrograms.Callers, place.Arguments);
        await one.AssertReadyAsync();
        await two.AssertReadyAsync();

        one.Go();
        two.Go();
        string[] tokens = [.. await one.EndAsync(), .. await two.EndAsync()];

        Assert.Equal(200, tokens.Length);
        Assert.Single(tokens.Distinct());
        Assert.Equal((1, 0), (authority.Counts.AllRefreshes, authority.Counts.Refused));
    }

    [Fact]
    public async Task A_kill_in_mid_renewal_that_the_provider_finishes_ends_in_a_clean_sign_in()
    {
        using var folder = new TemporaryFolder();
        await using Authority authority = await StartAsync();
        Place place = await SignInAsync(authority, folder);
        var asked = new TaskCompletionSource();
        var killed = new TaskCompletionSource();
        authority.BeforeToken = () =>
        {
            authority.BeforeToken = null;
            asked.SetResult();
            return killed.Task;
        };
        await using Child holder = Child.Start(ChildPrograms.Holder, place.Arguments);
        await holder.AssertReadyAsync();
        holder.Go();
        await asked.Task.WaitAsync(Child.Longest);
        await holder.KillAsync();
        killed.SetResult();
        while (authority.Counts.TokenRequests < 2)
        {
            await Task.Delay(10);
        }

        await using TokenSession next = await OpenAsync(place);
        await Assert.ThrowsAsync<TokenRefusedException>(() => next.GetAccessTokenAsync().WaitAsync(Child.Longest));
        await next.AuthenticateWithPasswordAsync("ada", authority.Client.Password);

        Assert.NotEmpty(await next.GetAccessTokenAsync());
        Assert.Equal((1, 1), (authority.Counts.AllRefreshes, authority.Counts.Refused));
    }

    private static Task<Authority> StartAsync() =>
        Authority.StartAsync(new AuthorityClient { Id = Known.ClientId, Secret = Known.ClientSecret, Clock = TimeProvider.System });

    private static async Task<Place> SignInAsync(Authority authority, TemporaryFolder folder)
    {
        var place = new Place(Place.File, folder.Below("tokens"), folder.Below("keys"), authority.Address);
        place.MakeKey();
        await using TokenSession session = await OpenAsync(place);
        await session.AuthenticateWithPasswordAsync("ada", authority.Client.Password);

        // Ended, as far as the processes know.
        await session.ImportAsync(session.Token with { ExpiresAt = DateTimeOffset.UnixEpoch }, session.Identity!);
        return place;
    }

    private static Task<TokenSession> OpenAsync(Place place) => TokenSession.CreateAsync(place.Configure(new TokenSessionOptions()), Place.Client);
}
