using FuelSessions.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Samples.Tests.Docs;

/// <summary>What docs/drivers.md shows of testing an app with a server, word for word, on the app of LongConnections.</summary>
public class WholeAppTests
{
    [Fact]
    public async Task A_test_begins_with_what_it_sets_and_moves_the_clock()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        await using WebApplicationFactory<Program> app = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.ConfigureTestServices(services =>
        {
            services.AddFuelSessions(o => o.Driver = "memory");
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<IStartupFilter, CartEndpoints>();
        }));
        using HttpClient browser = app.CreateClient();

        Assert.Equal("40", await browser.GetStringAsync("/test/cart"));
        Assert.Equal("40", await browser.GetStringAsync("/count"));
        using (HttpResponseMessage added = await browser.PostAsync("/add", null))
        {
            Assert.Equal("41", await added.Content.ReadAsStringAsync());
        }

        Assert.Equal("81", await browser.GetStringAsync("/test/cart"));
        clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("0", await browser.GetStringAsync("/count"));
    }
}

public sealed class CartEndpoints : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Map("/test/cart", cart =>
        {
            cart.UseFuelSessions();
            cart.Run(http => http.Response.WriteAsync($"{Session.Current.Increment("count", 40)}"));
        });
        next(app);
    };
}
