using System.Collections.Concurrent;
using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Docs;
using FuelSessions.Tests.Fuel;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Whatever driver there is takes something in front of it, and can do what it could.</summary>
public class DecorationTests
{
    public static TheoryData<string> ServerDrivers => [.. Fuel.Drivers.Names.Where(driver => driver != "cookie")];

    [Theory, MemberData(nameof(ServerDrivers))]
    public async Task Each_call_passes_through_the_decorators_from_the_last_added(string driver)
    {
        ConcurrentQueue<string> calls = new();
        await using Site site = await Site.StartAsync(
            driver,
            drivers: builder => builder.DecorateDriver(driver.ToUpperInvariant(), (inner, _) => new Recorder(inner, "inner", calls)).DecorateDriver(driver, (inner, _) => new Recorder(inner, "outer", calls)));
        await site.Visit(s => s.Set("a", 1));
        Assert.Equal(["outer write", "inner write"], calls);
        calls.Clear();
        Assert.Equal(1, await site.Elsewhere(() => Session.Forge(driver).Get<int>("a")));
        Assert.Equal(["outer read", "inner read"], calls);
        await site.Visit(s => s.Destroy());
        Assert.Equal(["outer delete", "inner delete"], calls.TakeLast(2));
    }

    [Fact]
    public async Task It_may_be_decorated_before_it_is_added_and_keeps_its_cookie_and_settings()
    {
        await using Site site = await Site.StartAsync(
            "mine",
            drivers: builder => builder
                .DecorateDriver("mine", (inner, _) => new Recorder(inner, "", []))
                .AddDriver("mine", "fuelmine", services => new MemorySessionDriver(services.GetRequiredService<TimeProvider>(), 10)),
            configuration: [new("FuelSessions:mine:flash_id", "own")]);
        await site.Visit(s => Assert.Equal("own", s.Set("a", 1).FlashId));
        Assert.Equal(["fuelmine"], site.Browser.Jar.Keys);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("db")]
    public async Task Its_expired_records_are_removed(string driver)
    {
        var collected = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Site site = await Site.StartAsync(driver, drivers: builder => builder.DecorateDriver(driver, (inner, _) => new Recorder(inner, "", [])));
        site.App.Logs.Recorded += line =>
        {
            if (line.Id == 110)
            {
                collected.TrySetResult(line.Text);
            }
        };
        await site.Visit(s => s.Set("a", 1));
        await site.Clock.AdvanceUntilAsync(collected.Task, TimeSpan.FromHours(3));
        Assert.Contains("1 expired", await collected.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decorator_that_collects_or_keeps_keys_itself_is_asked()
    {
        var able = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Site site = await Site.StartAsync(
            "memory",
            drivers: builder => builder.DecorateDriver("memory", (inner, _) => new Able(inner, able)).PersistDataProtectionKeys("memory"));
        Assert.IsType<Shelf>(KeptKeys(site));
        await site.Visit(s => s.Set("a", 1));
        await site.Clock.AdvanceUntilAsync(able.Task, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task The_db_driver_keeps_the_key_ring_behind_a_decorator()
    {
        await using Site site = await Site.StartAsync(
            "memory",
            drivers: builder => builder.DecorateDriver("db", (inner, _) => new Recorder(inner, "", [])).PersistDataProtectionKeys());
        Assert.Contains("EntityFrameworkCore", KeptKeys(site).GetType().FullName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cookie", "no")]
    [InlineData("etcd", "not registered")]
    public async Task What_cannot_be_decorated_stops_the_app(string driver, string why)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(drivers: builder => builder.DecorateDriver(driver, (inner, _) => inner)));
        Assert.Contains($"'{driver}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decorator_and_driver_end_with_the_app_in_that_order()
    {
        List<string> ended = [];
        await using (Site site = await Site.StartAsync(
            "mine",
            drivers: builder => builder
                .AddDriver("mine", "fuelmine", services => new Ending(new MemorySessionDriver(services.GetRequiredService<TimeProvider>(), 10), "driver", ended))
                .DecorateDriver("mine", (inner, _) => new Ending(inner, "decorator", ended))))
        {
            await site.Visit(s => s.Set("a", 1));
        }

        Assert.Equal(["decorator", "driver"], ended);
    }

    [Fact]
    public async Task The_samples_work()
    {
        ConcurrentQueue<string> calls = new();
        await using Site site = await Site.StartAsync(
            "memory",
            drivers: builder => builder
                .DecorateDriver("memory", (driver, services) => new SlowWritesDriver(driver, services.GetRequiredService<ILogger<SlowWritesDriver>>()))
                .DecorateDriver("memory", (driver, _) => new FaultyDriver(driver) { FailAt = 2, StaysDown = true }));
        await site.Visit(s => s.Set("a", 1));
        await Assert.ThrowsAsync<SessionStoreException>(() => site.Visit(s => s.Get<int>("a")));
    }

    private static IXmlRepository KeptKeys(Site site) =>
        Assert.IsType<BoundedKeys>(site.App.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository).Keys;

    private sealed class Recorder(ISessionDriver inner, string name, ConcurrentQueue<string> calls) : DelegatingSessionDriver(inner)
    {
        public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            calls.Enqueue($"{name} read");
            return base.ReadAsync(key, cancellationToken);
        }

        public override ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            calls.Enqueue($"{name} write");
            return base.WriteAsync(record, cancellationToken);
        }

        public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
        {
            calls.Enqueue($"{name} delete");
            return base.DeleteAsync(key, version, cancellationToken);
        }
    }

    private sealed class Ending(ISessionDriver inner, string name, List<string> ended) : DelegatingSessionDriver(inner), IDisposable
    {
        public void Dispose() => ended.Add(name);
    }

    private sealed class Able(ISessionDriver inner, TaskCompletionSource asked) : DelegatingSessionDriver(inner), ICollectExpired, IKeepDataProtectionKeys
    {
        public IXmlRepository DataProtectionKeys { get; } = new Shelf();

        public ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            return new(0);
        }
    }

    private sealed class Shelf : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => [];

        public void StoreElement(XElement element, string friendlyName)
        {
        }
    }
}
