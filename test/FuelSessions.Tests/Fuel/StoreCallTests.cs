using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Fuel;

/// <summary>What reaches a driver, and what need not.</summary>
public class StoreCallTests
{
    [Fact]
    public async Task ARequestThatDoesNotUseTheSessionCallsNoDriver()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.Set("a", 1));
        driver.Calls.Clear();
        await site.Elsewhere();
        await site.Elsewhere();
        Assert.Empty(driver.Calls);
        Assert.Empty(site.Last.SetCookies);
    }

    [Fact]
    public async Task AnEmptyNewSessionCallsNoDriver()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.Get<int>("a"));
        await site.Visit(s => s.All());
        await site.Visit(s => s.Rotate());
        await site.Visit(s => s.Create());
        await site.Visit(s => s.Destroy());
        await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Destroy());
        await site.Visit(s => s.Set("a", 1).Close(save: false));
        await site.Visit(s => s.Set("a", 1).Reset());
        await site.Fail(s => s.Set("a", 1));
        Assert.Empty(driver.Calls);
        Assert.Empty(site.Browser.Jar);
    }

    [Fact]
    public async Task ANewSessionIsOneWriteAChangedOneTwoCallsAndAnUnchangedOneARead()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.Set("a", 1).Set("b", 2).SetFlash("m", 1).KeepFlash());
        Assert.Equal(["write"], driver.Take());
        await site.Visit(s => s.Set("a", 2).DeleteFlash());
        Assert.Equal(["read", "write"], driver.Take());
        await site.Visit(s => s.Get<int>("a"));
        Assert.Equal(["read"], driver.Take());
        await site.Visit(s => s.Rotate().Rotate());
        Assert.Equal(["read", "write"], driver.Take());
    }

    [Fact]
    public async Task ReadingAReadOnlySessionWritesNothing()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.SetFlash("m", 1));
        driver.Calls.Clear();
        await site.Look(s => s.GetFlash<int>("m"));
        Assert.Equal(["read"], driver.Take());
    }

    [Fact]
    public async Task DestroyIsOneDeletionWhateverCameBefore()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.Set("a", 1));
        driver.Calls.Clear();
        await site.Visit(s => s.Set("b", 1).Rotate().Destroy().Destroy().Close());
        Assert.Equal(["read", "delete"], driver.Take());
        Assert.Equal(0, driver.Count);
        await site.Visit(s => s.Set("a", 1));
        driver.Calls.Clear();
        await site.Visit(s => s.Destroy().Set("b", 1));
        Assert.Equal(["read", "delete", "write"], driver.Take());
        Assert.Equal(1, driver.Count);
    }

    [Fact]
    public async Task OneSessionsErrorDoesNotKeepAnotherFromBeingSaved()
    {
        (Site site, CountingDriver driver) = await StartAsync();
        await using Site _ = site;
        await site.Visit(s => s.Set("a", 1));
        driver.Failure = new IOException("The disk is full.");
        Exception? error = await Record.ExceptionAsync(() => site.Visit(s =>
        {
            s.Set("a", 2);
            Session.Forge("memory").Set("a", 2);
        }));
        Assert.NotNull(error);
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, site.Last.Status);
        driver.Failure = null;
        await site.Visit(s =>
        {
            Assert.Equal(1, s.Get<int>("a"));
            Assert.Equal(2, Session.Forge("memory").Get<int>("a"));
        });
    }

    private static async Task<(Site Site, CountingDriver Driver)> StartAsync()
    {
        CountingDriver? driver = null;
        Site site = await Site.StartAsync(
            "counting",
            drivers: builder => builder.AddDriver("counting", "counting", services =>
                driver = new CountingDriver(new MemorySessionDriver((TimeProvider)services.GetService(typeof(TimeProvider))!, maxSessions: 100))));

        // It is made at its first use.
        await site.Visit(s => s.Set("first", 1));
        await site.Visit(s => s.Destroy());
        driver!.Calls.Clear();
        return (site, driver);
    }

    private sealed class CountingDriver(MemorySessionDriver inner) : ISessionDriver
    {
        public List<string> Calls { get; } = [];

        public Exception? Failure { get; set; }

        public int Count => inner.Count;

        public string[] Take()
        {
            string[] calls = [.. Calls];
            Calls.Clear();
            return calls;
        }

        public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            Calls.Add("read");
            return inner.ReadAsync(key, cancellationToken);
        }

        public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            Calls.Add("write");
            return Failure is { } failure ? throw failure : inner.WriteAsync(record, cancellationToken);
        }

        public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
        {
            Calls.Add("touch");
            return inner.TouchAsync(key, version, expires, cancellationToken);
        }

        public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
        {
            Calls.Add("delete");
            return inner.DeleteAsync(key, version, cancellationToken);
        }
    }
}
