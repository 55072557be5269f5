using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Processes;

public sealed class ConsoleScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_script_that_runs_twice_signs_in_once()
    {
        await using Provider provider = await Provider.StartAsync();
        await RunAsync(provider);
        Assert.Equal((1, 0, 1), (provider.StandIn.TokenRequests, provider.StandIn.Refreshes, provider.StandIn.ApiCalls));
        await RunAsync(provider);
        Assert.Equal((1, 0, 2), (provider.StandIn.TokenRequests, provider.StandIn.Refreshes, provider.StandIn.ApiCalls));

        // The third run's token is refused, and renewed; the fourth goes on with that.
        provider.StandIn.ExpireAccessTokens();
        await RunAsync(provider);
        Assert.Equal((2, 1, 4), (provider.StandIn.TokenRequests, provider.StandIn.Refreshes, provider.StandIn.ApiCalls));
        await RunAsync(provider);
        Assert.Equal((2, 1, 5), (provider.StandIn.TokenRequests, provider.StandIn.Refreshes, provider.StandIn.ApiCalls));
        Assert.Equal((0, 0), (provider.StandIn.Refused, provider.StandIn.Reuses));
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(Provider provider)
    {
        await using Child script = Child.Start(ChildPrograms.Script, _folder.Below("tokens"), provider.Address.ToString());
        Assert.Contains("app:1", Assert.Single(await script.EndAsync()));
    }
}
