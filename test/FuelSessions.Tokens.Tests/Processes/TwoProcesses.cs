using System.Diagnostics;
using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>Real processes that share one token of a provider which forgives nothing. A subclass says where they keep it.</summary>
public abstract class TwoProcesses : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Provider? _provider;
    private Place? _place;

    protected abstract string Kind { get; }

    private protected Provider Provider => _provider!;

    private protected Place Place => _place!;

    /// <summary>The server, the database or the folder; this folder is the test's own.</summary>
    private protected abstract Task<string> AddressAsync(TemporaryFolder folder);

    public async Task InitializeAsync()
    {
        _provider = await Provider.StartAsync();
        _place = new Place(Kind, await AddressAsync(_folder), _folder.Below("keys"), _provider.Address);
        _place.MakeKey();
    }

    public async Task DisposeAsync()
    {
        if (_provider is { } provider)
        {
            await provider.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Two_hundred_callers_in_two_processes_with_an_expired_token_cause_one_refresh()
    {
        await SignInAsync();
        await using Child one = Child.Start(ChildPrograms.Callers, Place.Arguments);
        await using Child two = Child.Start(ChildPrograms.Callers, Place.Arguments);
        await one.AssertReadyAsync();
        await two.AssertReadyAsync();
        Provider.Slow();

        one.Go();
        two.Go();
        string[] tokens = [.. await one.EndAsync(), .. await two.EndAsync()];

        Provider.AssertOneRefresh();
        Assert.Equal(200, tokens.Length);
        Assert.Equal(await StoredAsync(), Assert.Single(tokens.Distinct()));
    }

    [Fact]
    public async Task Two_hundred_first_callers_in_two_processes_cause_one_sign_in_of_the_client()
    {
        await using Child one = Child.Start(ChildPrograms.Credentials, Place.Arguments);
        await using Child two = Child.Start(ChildPrograms.Credentials, Place.Arguments);
        await one.AssertReadyAsync();
        await two.AssertReadyAsync();
        Provider.Slow();

        one.Go();
        two.Go();
        string[] tokens = [.. await one.EndAsync(), .. await two.EndAsync()];

        Assert.Equal((1, 0), (Provider.StandIn.TokenRequests, Provider.StandIn.Refused));
        Assert.Equal(200, tokens.Length);
        Assert.Single(tokens.Distinct());
    }

    [Fact]
    public async Task After_a_process_was_killed_in_mid_refresh_the_next_caller_goes_on_when_the_lock_ends()
    {
        await SignInAsync();
        Task asked = Provider.SilenceOne();
        await using Child holder = Child.Start(ChildPrograms.Holder, Place.Arguments);
        await holder.AssertReadyAsync();

        var since = Stopwatch.StartNew();
        holder.Go();
        await asked.WaitAsync(Child.Longest);
        await holder.KillAsync();
        await using TokenSession next = await OpenAsync();
        string token = await next.GetAccessTokenAsync().WaitAsync(Child.Longest);

        Provider.AssertOneRefresh();
        Assert.Equal(await StoredAsync(), token);
        if (Kind != Place.File)
        {
            // Not before: the holder might have been alive. The clocks of two processes and a server may differ by their precision.
            Assert.True(since.Elapsed > ChildPrograms.HoldersLifetime - TimeSpan.FromMilliseconds(100), $"It went on after {since.Elapsed}.");
        }
    }

    private protected async Task SignInAsync()
    {
        await using TokenSession session = await OpenAsync();
        await Provider.IssueExpiredAsync(() => session.AuthenticateWithAppAsync("1", Provider.StandIn.Password));
    }

    private Task<TokenSession> OpenAsync() => TokenSession.CreateAsync(Place.Configure(new TokenSessionOptions()), Place.Client);

    private async Task<string> StoredAsync()
    {
        await using TokenSession session = await OpenAsync();
        return session.Token.AccessToken;
    }
}
