using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Hosting;

/// <summary>What the health check finds, and how much of it a stranger is told, whatever the endpoint writes of a report.</summary>
public class HealthCheckTests
{
    private const string Secret = "host=10.1.2.3;password=hunter2";

    [Theory]
    [InlineData(499, "Healthy")]
    [InlineData(500, "Degraded driver probed: slow: 500 ms")]
    public async Task A_slow_store_is_degraded(int milliseconds, string expected)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Assert.Equal(expected, await CheckAsync(inner => new Probed(inner) { OnRead = () => clock.Advance(TimeSpan.FromMilliseconds(milliseconds)) }, clock: clock));
    }

    [Fact]
    public async Task What_counts_as_slow_is_a_setting()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Assert.Equal("Degraded driver probed: slow: 20 ms", await CheckAsync(
            inner => new Probed(inner) { OnRead = () => clock.Advance(TimeSpan.FromMilliseconds(20)) }, o => o.SlowAfter = TimeSpan.FromMilliseconds(10), clock: clock));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddHealthChecks().AddFuelSessions(o => o.SlowAfter = TimeSpan.Zero));
    }

    [Fact]
    public async Task A_store_that_fails_is_unhealthy_and_nobody_is_told_where_it_is() =>
        Assert.Equal("Unhealthy driver probed: can't be used", await CheckAsync(inner => new Probed(inner) { OnRead = () => throw new IOException(Secret) }));

    [Fact]
    public async Task A_store_that_does_not_compare_is_unhealthy() =>
        Assert.Equal("Unhealthy driver probed: takes a record without comparing versions", await CheckAsync(inner => new Probed(inner) { WritesAnything = true }));

    [Fact]
    public async Task A_store_that_forgets_is_unhealthy() =>
        Assert.Equal("Unhealthy driver probed: does not give back what was written", await CheckAsync(inner => new Probed(inner) { Forgets = true }));

    [Fact]
    public async Task A_key_ring_that_cannot_be_read_is_unhealthy() => Assert.Equal(
        "Unhealthy key ring: can't be used",
        await CheckAsync(inner => inner, services: services => services.Configure<KeyManagementOptions>(o => o.XmlRepository = new UnreadableRepository())));

    [Fact]
    public async Task A_driver_that_is_not_registered_is_unhealthy() =>
        Assert.Equal("Unhealthy driver redis: can't be used", await CheckAsync(inner => inner, o => o.Drivers.Add("redis")));

    [Fact]
    public async Task Several_drivers_are_asked_each_and_the_worst_decides()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Assert.Equal("Unhealthy driver redis: can't be used", await CheckAsync(
            inner => new Probed(inner) { OnRead = () => clock.Advance(TimeSpan.FromSeconds(1)) },
            o =>
            {
                o.Drivers.Add("probed");
                o.Drivers.Add("cookie");
                o.Drivers.Add("redis");
            },
            clock: clock));
    }

    /// <summary>Of a full memory a record more would take a session.</summary>
    [Fact]
    public async Task A_probe_makes_nobody_leave()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.MaxSessions = 1,
            web =>
            {
                web.MapHealthChecks("/health");
                web.MapGet("/", (Session s) => s.Increment("visits").ToString());
            },
            services: services => services.AddHealthChecks().AddFuelSessions());
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/"));
        Assert.Equal("Healthy", await browser.TextAsync("/health"));
        Assert.Equal("2", await browser.TextAsync("/"));
    }

    private static async Task<string> CheckAsync(
        Func<ISessionDriver, ISessionDriver> around,
        Action<FuelSessionsHealthOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        FakeTimeProvider? clock = null)
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "probed",
            web => web.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = EverythingAsync }),
            sessions => sessions.AddDriver("probed", "pid", provider => around(new MemoryInDisguise(provider.GetRequiredService<TimeProvider>()))),
            services: collection =>
            {
                services?.Invoke(collection);
                collection.AddHealthChecks().AddFuelSessions(configure ?? (_ => { }));
            },
            clock: clock);
        using TestBrowser browser = app.NewBrowser();
        TestResponse response = await browser.GetAsync("/health");
        Assert.DoesNotContain("hunter2", response.Body, StringComparison.Ordinal);
        Assert.Equal(response.Body.StartsWith("Unhealthy", StringComparison.Ordinal), app.Logs.Lines.Any(line => line.Id == 115));
        string[] parts = response.Body.Split('|');
        Assert.Equal(parts[0] == "Unhealthy" ? 503 : 200, (int)response.Status);
        return $"{parts[0]} {parts[1]}".Trim();
    }

    // As a verbose app would.
    private static async Task EverythingAsync(HttpContext context, HealthReport report)
    {
        HealthReportEntry entry = report.Entries["fuelsessions"];
        await context.Response.WriteAsync($"{entry.Status}|{entry.Description}|{entry.Exception}|{string.Join(',', entry.Data)}");
    }

    private sealed class MemoryInDisguise(TimeProvider clock) : DelegatingSessionDriver(new MemorySessionDriver(clock, 10));

    private sealed class Probed(ISessionDriver inner) : DelegatingSessionDriver(inner)
    {
        internal Action OnRead { get; init; } = () => { };

        internal bool WritesAnything { get; init; }

        internal bool Forgets { get; init; }

        public override async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            OnRead();
            return Forgets ? null : await base.ReadAsync(key, cancellationToken);
        }

        public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) =>
            await base.WriteAsync(record, cancellationToken) is { IsWritten: false } lost && !WritesAnything ? lost : WriteResult.Written;
    }

    private sealed class UnreadableRepository : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => throw new IOException(Secret);

        public void StoreElement(XElement element, string friendlyName) => throw new IOException(Secret);
    }
}
