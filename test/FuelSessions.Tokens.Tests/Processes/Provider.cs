using FuelSessions.Tokens.Tests.StandIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>A provider on Kestrel by the system's clock, which processes share. What it counted is what they did together.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Provider(WebApplication app, OAuthStandIn standIn, Uri address) => (_app, StandIn, Address) = (app, standIn, address);

    internal OAuthStandIn StandIn { get; }

    internal Uri Address { get; }

    internal static async Task<Provider> StartAsync()
    {
        var standIn = new OAuthStandIn(TimeProvider.System);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapOAuthProvider("/provider", standIn);
        await app.StartAsync();
        return new Provider(app, standIn, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }

    /// <summary>What is issued meanwhile ends as it arrives; what comes later lives for hours.</summary>
    internal async Task IssueExpiredAsync(Func<Task> signIn)
    {
        // Not 0, which stands for no end.
        StandIn.EditAnswer = answer => answer["expires_in"] = 0.001;
        await signIn();
        StandIn.EditAnswer = null;
    }

    /// <summary>Takes its time for each answer from now on, so that processes overlap.</summary>
    /// <param name="calls">How many callers must have called the API before.</param>
    internal void Slow(int calls = 0) => StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = gone => WaitAsync(calls, gone) }, int.MaxValue);

    /// <summary>Leaves the next request for a token without an answer.</summary>
    /// <returns>Ends when that request is there.</returns>
    internal Task SilenceOne()
    {
        var asked = new TaskCompletionSource();
        StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = gone =>
            {
                asked.TrySetResult();
                return Task.Delay(Timeout.Infinite, gone);
            },
        });
        return asked.Task;
    }

    /// <summary>One refresh in all since then, and nothing that a strict provider would mind.</summary>
    internal void AssertOneRefresh() => Assert.Equal((1, 0, 0), (StandIn.Refreshes, StandIn.Refused, StandIn.Reuses));

    private async Task WaitAsync(int calls, CancellationToken gone)
    {
        while (StandIn.ApiCalls < calls)
        {
            await Task.Delay(10, gone);
        }

        await Task.Delay(200, gone);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
