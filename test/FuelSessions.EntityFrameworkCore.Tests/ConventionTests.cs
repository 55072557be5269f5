using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Conventions;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Sessions and keys in contexts that do the same thing to every table: audit, tenants, soft delete, other names, sizes and conversions.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ConventionTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Conventions => ConventionContext.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Conventions))]
    public Task Do_not_reach_the_driver_on_sqlite(string convention) => AssertWorksAsync(convention, options => options.UseSqlite(_folder.ConnectionString()));

    [Theory]
    [MemberData(nameof(Conventions))]
    public async Task Do_not_reach_the_driver_on_postgres(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await AssertWorksAsync(convention, options => options.UseNpgsql(database));
    }

    /// <summary>What was done to the columns after they were made can't be undone, but told.</summary>
    [Theory]
    [MemberData(nameof(ConventionContext.Spoiling), MemberType = typeof(ConventionContext))]
    public async Task That_would_cut_or_change_what_is_stored_are_refused(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = App(convention, options => options.UseNpgsql(database));
        foreach (Func<Task> step in (Func<Task>[])[app.StartAsync, async () => await app.Driver.WriteAsync(Support.Records.New(FakeClock.AtPresent().GetUtcNow()), default)])
        {
            Assert.StartsWith("The model of ConventionContext ", (await Assert.ThrowsAsync<UnreliableDatabaseException>(step)).Message);
        }
    }

    internal static async Task AssertWorksAsync(string convention, Action<DbContextOptionsBuilder> use)
    {
        await using TestApp app = App(convention, use);
        await app.CreatedAsync();
        ISessionDriver driver = app.Driver;
        SessionRecord first = Support.Records.New(FakeClock.AtPresent().GetUtcNow()) with { Principal = new string('ä', 200), Data = new byte[5000] };

        Assert.True((await driver.WriteAsync(first, default)).IsWritten);
        Assert.NotNull((await driver.WriteAsync(first, default)).Winner);
        SessionRecord second = first.Next([.. Enumerable.Repeat((byte)7, 3000)]);
        Assert.True((await driver.WriteAsync(second, default)).IsWritten);
        Assert.True((await driver.TouchAsync(first.Key, second.Version, first.Expires.AddHours(1), default)).IsWritten);
        SessionRecord read = (await driver.ReadAsync(first.Key, default))!;
        Assert.Equal((second.Version, 3000, first.Principal, first.Expires.AddHours(1)), (read.Version, read.Data.Length, read.Principal, read.Expires));
        Assert.Equal(read.Version, driver.Read(first.Key, default)!.Version);
        Assert.NotNull((await driver.DeleteAsync(first.Key, first.Version, default)).Winner);
        Assert.True((await driver.DeleteAsync(first.Key, second.Version, default)).IsWritten);
        Assert.Null(await driver.ReadAsync(first.Key, default));

        SessionRecord ended = Support.Records.New(first.Created) with { Expires = first.Created.AddMinutes(-1) };
        Assert.True((await driver.WriteAsync(ended, default)).IsWritten);
        Assert.Equal(1, await ((ICollectExpired)driver).CollectExpiredAsync(10, default));

        var keys = ((IKeepDataProtectionKeys)driver).DataProtectionKeys;
        var element = new XElement("key", new string('x', 3000));
        keys.StoreElement(element, "key-" + new string('n', 60));
        Assert.True(XNode.DeepEquals(element, Assert.Single(keys.GetAllElements())));
    }

    private static TestApp App(string convention, Action<DbContextOptionsBuilder> use)
    {
        ConventionContext.Convention.Value = convention;
        return new TestApp(
            builder => builder.AddDbDriver<ConventionContext>(),
            configure: services => services.AddDbContext<ConventionContext>(options => use(ConventionContext.Add(options, convention))));
    }
}
