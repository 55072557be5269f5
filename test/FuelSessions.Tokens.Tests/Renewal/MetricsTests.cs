using System.Diagnostics.Metrics;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Renewal;

public sealed class MetricsTests
{
    [Fact]
    public async Task The_meter_counts_renewals_by_outcome_and_retries_and_waits()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        Dictionary<string, long> counts = [];
        using var listener = new MeterListener();
        IMeterFactory meters = ground.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "FuelSessions.Tokens" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            Dictionary<string, object?> all = new(tags.ToArray());
            Assert.Equal(Ground.Client, all["client"]);
            lock (counts)
            {
                string name = $"{instrument.Name} {all.GetValueOrDefault("outcome")}".TrimEnd();
                counts[name] = counts.GetValueOrDefault(name) + value;
            }
        });
        listener.Start();
        TokenSession session = await ground.SignInAsync();
        string first = session.Token.AccessToken;

        // A 401, a wait for the lock before it can be renewed, and one who comes late.
        ground.StandIn.ExpireAccessTokens();
        manager.IsHeld = true;
        manager.OnAttempt = () => manager.IsHeld = manager.Attempts < 2;
        await ground.PassAsync(Ground.WhoAsync(ground.Api), TimeSpan.FromMilliseconds(20));
        await session.RenewAsync(first);

        // A failure, and a refusal.
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(500));
        await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());
        ground.Clock.Advance(TimeSpan.FromDays(29));
        await Assert.ThrowsAsync<TokenRefusedException>(() => session.RenewAsync());

        Assert.Equal(
            new SortedDictionary<string, long>(StringComparer.Ordinal)
            {
                ["fuelsessions.tokens.lock_waits"] = 1,
                ["fuelsessions.tokens.renewals adopted"] = 1,
                ["fuelsessions.tokens.renewals failed"] = 1,
                ["fuelsessions.tokens.renewals refreshed"] = 1,
                ["fuelsessions.tokens.renewals refused"] = 1,
                ["fuelsessions.tokens.retries"] = 1,
            },
            new SortedDictionary<string, long>(counts, StringComparer.Ordinal));
    }
}
