using System.Net;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>[F1] [F2] What the error says when Redis can't be used: the reason that the connection gave, and no key.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TestCertificate _certificate = new();
    private readonly RedisServer _server;

    public FailureTests() => _server = new RedisServer { Certificate = _certificate };

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_outage(bool own)
    {
        await using TestApp app = await StartAsync(_server.Configuration, own);
        using TestBrowser browser = app.NewBrowser();
        await FirstCountAsync(browser);
        await _server.KillAsync();

        // A command that was under way may fail at once; those that come later wait for a connection.
        await UntilSaysAsync(app, "127.0.0.1:" + _server.Port, browser);
        string error = await UntilSaysAsync(app, "(StoreTimeout)", browser);
        Assert.Contains("127.0.0.1:" + _server.Port, error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_was_never_there(bool own)
    {
        await _server.KillAsync();
        await using TestApp app = await StartAsync(_server.Configuration, own);
        await UntilSaysAsync(app, "UnableToConnect on 127.0.0.1:" + _server.Port);
    }

    [Fact]
    public async Task A_server_that_hangs()
    {
        await using TestApp app = await StartAsync(_server.Configuration, own: true);
        using TestBrowser browser = app.NewBrowser();
        await FirstCountAsync(browser);
        await _server.PauseAsync();
        Assert.Contains("the server does not answer", await ErrorAsync(browser, "/look"));
        await _server.ResumeAsync();
    }

    // Of a connection of the app's only that can be known which it reports to those who come later.
    [Theory]
    [InlineData(true, "AuthenticationFailure")]
    [InlineData(false, " on 127.0.0.1:")]
    public async Task A_wrong_password(bool own, string said)
    {
        await _server.SendAsync("ACL", "SETUSER", "app", "on", ">right", "~*", "&*", "+@all");
        await _server.SendAsync("CONFIG", "SET", "requirepass", "secret");
        await using TestApp app = await StartAsync($"{_server.Configuration},user=app,password=never-right", own);
        Assert.DoesNotContain("never-right", await UntilSaysAsync(app, said));
    }

    [Fact]
    public async Task A_missing_password()
    {
        await _server.SendAsync("CONFIG", "SET", "requirepass", "secret");
        await using TestApp app = await StartAsync(_server.Configuration, own: true);
        await UntilSaysAsync(app, "NOAUTH");
    }

    [Theory]
    [InlineData(true, "certificate")]
    [InlineData(false, " on 127.0.0.1:")]
    public async Task A_certificate_that_is_not_trusted(bool own, string said)
    {
        await using TestApp app = await StartAsync($"127.0.0.1:{_server.TlsPort},ssl=true", own);
        await UntilSaysAsync(app, said);
    }

    [Theory]
    [InlineData("+@all", "~other:*", "NOPERM")]
    [InlineData("+get +set", "~*", "'echo'")]
    [InlineData("+@all -set", "~*", "'set'")]
    public async Task Permissions_that_do_not_suffice(string commands, string keys, string said)
    {
        await _server.SendAsync(["ACL", "SETUSER", "app", "on", ">secret", keys, "&*", .. commands.Split(' ')]);
        await using TestApp app = await StartAsync($"{_server.Configuration},user=app,password=secret", own: true);
        await UntilSaysAsync(app, said);
    }

    [Fact]
    public async Task A_command_that_a_script_must_not_send()
    {
        await _server.SendAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-getrange");
        await using TestApp app = await StartAsync($"{_server.Configuration},user=app,password=secret", own: true);
        using TestBrowser browser = app.NewBrowser();
        await FirstCountAsync(browser);
        string error = await UntilSaysAsync(app, "missing in the user's permissions", browser);
        Assert.DoesNotContain("may be stored", error);
    }

    [Fact]
    public async Task A_certificate_that_the_apps_own_check_refuses()
    {
        using var other = new TestCertificate();
        var configuration = ConfigurationOptions.Parse($"127.0.0.1:{_server.TlsPort},ssl=true");
        configuration.TrustIssuer(other.Authority);
        await using TestApp app = await StartAsync(drivers => drivers.AddRedisDriver(configuration));
        await UntilSaysAsync(app, "the certificate is of another authority");
    }

    [Fact]
    public async Task A_database_that_is_not_there()
    {
        await using TestApp app = await StartAsync(_server.Configuration + ",defaultDatabase=99", own: true);
        await UntilSaysAsync(app, "does not exist on the server: 99.");
    }

    // This server repeats the arguments of what it does not know.
    [Fact]
    public async Task A_command_that_the_server_does_not_have()
    {
        await using var server = new Disposed(new RedisServer { Settings = ["--rename-command", "SET", ""] });
        await server.Value.InitializeAsync();
        await using TestApp app = await StartAsync(server.Value.Configuration, own: true);
        Assert.DoesNotContain("may be stored", await UntilSaysAsync(app, "unknown command 'SET'"));
    }

    [Fact]
    public async Task A_command_that_the_app_has_disabled()
    {
        await using TestApp app = await StartAsync(_server.Configuration + ",$SET=", own: true);
        Assert.DoesNotContain("may be stored", await UntilSaysAsync(app, "This operation has been disabled in the command-map and cannot be used. "));
    }

    /// <summary>The address for readers, as services that replicate have one.</summary>
    [Fact]
    public async Task A_replica_and_nothing_else()
    {
        await using var replica = new Disposed(new RedisServer { Settings = ["--replicaof", "127.0.0.1", "1"] });
        await replica.Value.InitializeAsync();
        await using TestApp app = await StartAsync(replica.Value.Configuration, own: true);
        Assert.DoesNotContain("may be stored", await UntilSaysAsync(app, "no server that takes writes is connected"));
    }

    [Theory]
    [InlineData("OOM", "CONFIG", "SET", "maxmemory", "1")]
    [InlineData("READONLY", "REPLICAOF", "127.0.0.1", "1")]
    [InlineData("NOREPLICAS", "CONFIG", "SET", "min-replicas-to-write", "1")]
    public async Task A_server_that_takes_no_writes(string said, params string[] command)
    {
        await using TestApp app = await StartAsync(drivers => drivers.AddRedisDriver(_server.Configuration), Longest);
        using TestBrowser browser = app.NewBrowser();
        await FirstCountAsync(browser);
        await _server.SendAsync(command);
        using TestBrowser stranger = app.NewBrowser();
        Assert.DoesNotContain("may be stored", await ErrorAsync(stranger, "/count"));
        string changed = await ErrorAsync(browser, "/count");
        Assert.Contains(said, changed);
        Assert.DoesNotContain("may be stored", changed);
        Assert.Equal("1", await browser.TextAsync("/look"));
        await UntilSaysAsync(app, said);
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_because_it_can_not_save()
    {
        await using TestApp app = await StartAsync(_server.Configuration, own: true);
        string folder = (string)((object?[])(await _server.SendAsync("CONFIG", "GET", "dir"))!)[1]!;
        await _server.SendAsync("CONFIG", "SET", "save", "3600 1");
        Directory.Delete(folder, recursive: true);
        try
        {
            await _server.SendAsync("BGSAVE");
            while (!((string)(await _server.SendAsync("INFO", "persistence"))!).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal))
            {
                await Task.Delay(10);
            }

            await UntilSaysAsync(app, "MISCONF");
        }
        finally
        {
            Directory.CreateDirectory(folder);
        }
    }

    private static Task<TestApp> StartAsync(string configuration, bool own)
    {
        if (own)
        {
            return StartAsync(drivers => drivers.AddRedisDriver(configuration));
        }

        var apps = ConfigurationOptions.Parse(configuration);
        apps.AbortOnConnectFail = false;
        apps.ConnectTimeout = 1000;
        apps.AsyncTimeout = 1000;
        return StartAsync(drivers => drivers.AddRedisDriver(async _ => await ConnectionMultiplexer.ConnectAsync(apps)));
    }

    private static Task<TestApp> StartAsync(Action<FuelSessionsBuilder> drivers, TimeSpan? storeTimeout = null) => TestApp.StartAsync(
        options =>
        {
            options.Driver = "redis";
            options.StoreTimeout = storeTimeout ?? TimeSpan.FromMilliseconds(500);
        },
        web =>
        {
            web.MapGet("/count", (Session session) => session.Increment("counter"));
            web.MapGet("/look", (Session session) => session.Get<int>("counter"));
        },
        drivers,
        web => web.UseExceptionHandler(handler => handler.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.ToString());
        })));

    /// <summary>The first requests may come before there is a connection: on a busy machine one takes longer than they wait here.</summary>
    private static async Task FirstCountAsync(TestBrowser browser)
    {
        using var end = new CancellationTokenSource(Longest);
        string said;
        while ((said = await browser.TextAsync("/count")) != "1")
        {
            Assert.Contains(nameof(SessionStoreException), said);
            Assert.False(end.IsCancellationRequested, $"It only said: {said}");
        }
    }

    /// <summary>The first requests may come before the connection was refused.</summary>
    private static async Task<string> UntilSaysAsync(TestApp app, string said, TestBrowser? known = null)
    {
        using var end = new CancellationTokenSource(Longest);
        string error = "";
        while (!error.Split("   at ")[0].Contains(said, StringComparison.Ordinal))
        {
            Assert.False(end.IsCancellationRequested, $"It only said: {error}");
            using TestBrowser stranger = app.NewBrowser();
            error = await ErrorAsync(known ?? stranger, "/count");
        }

        return error;
    }

    private static async Task<string> ErrorAsync(TestBrowser browser, string path)
    {
        TestResponse response = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.StartsWith("FuelSessions.SessionStoreException: ", response.Body);
        Assert.DoesNotContain("fuel:session:", response.Body);
        Assert.Empty(response.SetCookies);
        return response.Body;
    }

    private sealed class Disposed(RedisServer server) : IAsyncDisposable
    {
        internal RedisServer Value => server;

        public async ValueTask DisposeAsync() => await server.DisposeAsync();
    }
}
