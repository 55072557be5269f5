using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>Data Protection reports a key ring that can't be read as it reports a forged text: as "can't be decrypted".</summary>
public class KeyRingOutageTests
{
    [Fact]
    public async Task A_key_ring_that_can_not_be_read_logs_nobody_out()
    {
        var keys = new Keys();
        await using TestApp first = await StartAsync(keys);
        using TestBrowser browser = first.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));

        // A node that starts while the store of the keys is away.
        keys.AreAway = true;
        await using TestApp second = await StartAsync(keys);
        using TestBrowser same = second.NewBrowser();
        same.Jar["fuelxid"] = browser.Jar["fuelxid"];
        TestResponse response = await same.GetAsync("/count");

        Assert.Equal(500, (int)response.Status);
        Assert.Null(response.Cookie("fuelxid"));
        Assert.Contains(second.Logs.Lines, line => line.Error is SessionStoreException error && error.Message.Contains("keys", StringComparison.Ordinal));
    }

    private static Task<TestApp> StartAsync(Keys keys) => TestApp.StartAsync(
        options => options.Driver = "memory",
        app => app.MapGet("/count", (Session session) => session.Increment("counter").ToString()),
        services: services => services.AddSingleton(Provider(keys)));

    // Of its own, beside the one that the other tests' apps have.
    private static IDataProtectionProvider Provider(Keys keys)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("shared");
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = keys);
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }

    private sealed class Keys : IXmlRepository
    {
        private readonly List<XElement> _elements = [];

        internal bool AreAway { get; set; }

        public IReadOnlyCollection<XElement> GetAllElements() => AreAway ? throw new TimeoutException("The store of the keys is away.") : [.. _elements];

        public void StoreElement(XElement element, string friendlyName) => _elements.Add(element);
    }
}
