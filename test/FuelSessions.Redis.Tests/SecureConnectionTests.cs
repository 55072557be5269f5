using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>TLS, and a user who may do what docs/redis.md says and nothing else.</summary>
public sealed class SecureConnectionTests : IAsyncLifetime
{
    private readonly TestCertificate _certificate = new();
    private readonly RedisServer _server;

    public SecureConnectionTests() => _server = new RedisServer { Certificate = _certificate };

    private string User => $"{_server.Configuration},user=app,password=password,tiebreaker=";

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task A_text_with_ssl_user_and_password_works_over_tls()
    {
        await PermitAsync(RedisPermissions.For("PersistDataProtectionKeys"));
        await _server.SendAsync("CONFIG", "SET", "requirepass", "nobody's");
        var configuration = ConfigurationOptions.Parse($"127.0.0.1:{_server.TlsPort},ssl=true,user=app,password=password");
        configuration.TrustIssuer(_certificate.AuthorityPath!);
        await using TestApp app = await TestApp.StartAsync(
            options => options.Driver = "redis",
            web => web.MapGet("/count", (Session session) => session.Increment("counter")),
            drivers => drivers.AddRedisDriver(configuration).PersistDataProtectionKeys(),
            configuration: StoreTimeouts.Long);
        using TestBrowser browser = app.NewBrowser();
        for (int count = 1; count <= 3; count++)
        {
            Assert.Equal($"{count}", await browser.TextAsync("/count"));
        }
    }

    [Fact]
    public async Task The_documented_permissions_are_enough_and_nothing_is_refused_to_sessions()
    {
        await PermitAsync(RedisPermissions.For("PersistDataProtectionKeys"));
        await UseAsync(TimeSpan.FromMinutes(1));
    }

    public static TheoryData<string> Rules() => [.. RedisPermissions.For("PersistDataProtectionKeys").Where(rule => rule[0] == '+')];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task None_of_them_can_be_left_out(string rule)
    {
        // Nothing fails without these at once: the client asks now and then whether the connection still stands, and what server it is.
        if (rule is not ("+ping" or "+info"))
        {
            await PermitAsync([.. RedisPermissions.For("PersistDataProtectionKeys").Where(other => other != rule)]);
            await Assert.ThrowsAnyAsync<Exception>(() => UseAsync(TimeSpan.FromSeconds(2)));
        }
    }

    private Task PermitAsync(string[] rules) => _server.SendAsync(["ACL", "SETUSER", "app", "reset", .. rules]);

    // All that the driver ever sends.
    private async Task UseAsync(TimeSpan limit)
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        await using var node = new Node(User, clock);
        using var given = new CancellationTokenSource(limit);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, given.Token)).IsWritten);
        Assert.NotNull(await node.Driver.ReadAsync(record.Key, given.Token));
        Assert.True((await node.Driver.WriteAsync(record.Next(), given.Token)).IsWritten);
        Assert.NotNull((await node.Driver.WriteAsync(record.Next(), given.Token)).Winner);
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version + 1, record.Expires.AddHours(1), given.Token)).IsWritten);
        Assert.True((await node.Driver.DeleteAsync(record.Key, record.Version + 1, given.Token)).IsWritten);
        var keys = ((IKeepDataProtectionKeys)node.Driver).DataProtectionKeys;
        keys.StoreElement(new XElement("key"), "key");
        Assert.NotEmpty(keys.GetAllElements());

        // Announced with an end and without one, and taken out when it is met and leads nowhere.
        var finder = (IFindByPrincipal)node.Driver;
        await finder.AnnounceAsync("ada", record.Key, clock.GetUtcNow().AddDays(1), given.Token);
        await finder.AnnounceAsync("ada", record.Key, latestEnd: null, given.Token);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(await finder.FindByPrincipalAsync("ada", given.Token));
    }
}
