using System.Net;
using FuelSessions.Memcached.Client;
using FuelSessions.Memcached.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Memcached.Tests;

/// <summary>[F1] [F2] Servers that die, stand still and come back.</summary>
public sealed class OutageTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_the_server_is_down_requests_fail_and_send_no_cookie_and_afterwards_sessions_begin_anew()
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync());
        await using TestApp app = await StartAsync(server.Process.Address);
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Equal("2", await browser.TextAsync("/count"));
        string cookie = browser.Jar["mid"];

        await server.Process.KillAsync();
        foreach (string path in (string[])["/count", "/look", "/count"])
        {
            TestResponse response = await browser.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
            Assert.Equal(nameof(SessionStoreException), response.Body);
            Assert.Empty(response.SetCookies);
        }

        using TestBrowser stranger = app.NewBrowser();
        TestResponse refused = await stranger.GetAsync("/count");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Empty(refused.SetCookies);
        Assert.Equal(cookie, browser.Jar["mid"]);

        await server.Process.RestartAsync();
        await UntilAsync(async () => (await stranger.GetAsync("/look")).Status == HttpStatusCode.OK && (await stranger.GetAsync("/count")).Status == HttpStatusCode.OK);
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.NotEqual(cookie, browser.Jar["mid"]);
        for (int count = 2; count <= 20; count++)
        {
            Assert.Equal($"{count}", await browser.TextAsync("/count"));
        }
    }

    [Fact]
    public async Task A_server_that_stands_still_is_a_failure_within_the_timeout_and_keeps_its_sessions()
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync());
        await using TestApp app = await StartAsync(server.Process.Address, TimeSpan.FromSeconds(5));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Equal("1", await browser.TextAsync("/look"));

        await server.Process.SignalAsync("STOP");
        TestResponse response = await browser.GetAsync("/look");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
        await server.Process.SignalAsync("CONT");

        await UntilAsync(async () => (await browser.GetAsync("/look")).Status == HttpStatusCode.OK);
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task An_idle_connection_that_a_restart_cut_is_made_again_without_an_error()
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync());
        using MemcachedSessionDriver driver = TestDriver.On(server.Process.Address);
        SessionRecord lost = TestRecord.New(TimeProvider.System.GetUtcNow());
        Assert.True((await driver.WriteAsync(lost, None)).IsWritten);
        await server.Process.KillAsync();
        await server.Process.RestartAsync();

        // The end of the connection has long arrived; without a look at the store, the write would be sent as if the
        // version that it replaces were still there.
        Assert.True((await driver.WriteAsync(lost.Next(), None)).IsGone);
        SessionRecord record = TestRecord.New(TimeProvider.System.GetUtcNow());
        Assert.True((await driver.WriteAsync(record, None)).IsWritten);
        Assert.NotNull(await driver.ReadAsync(record.Key, None));
    }

    [Fact]
    public async Task Numbers_of_versions_from_before_a_restart_replace_nothing()
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync());
        using MemcachedSessionDriver driver = TestDriver.On(server.Process.Address);
        await StoreAsync(driver, 2);
        SessionRecord before = (await StoreAsync(driver, 1))[0];
        string number = await NumberAsync(server.Process, before);
        await server.Process.KillAsync();
        await server.Process.RestartAsync();

        // Memcached counts anew, so that another process' third version has the number that the first one had.
        using (MemcachedSessionDriver other = TestDriver.On(server.Process.Address))
        {
            SessionRecord after = before;
            for (int writes = 0; writes < 3; writes++, after = after.Next(writes))
            {
                Assert.True((await other.WriteAsync(after, None)).IsWritten);
            }
        }

        Assert.Equal(number, await NumberAsync(server.Process, before));
        Assert.Equal(3, (await driver.WriteAsync(before.Next(50), None)).Winner!.Version);
    }

    [Fact]
    public async Task A_server_without_compare_and_swap_is_refused_and_says_why()
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync("-C"));
        using MemcachedSessionDriver driver = TestDriver.On(server.Process.Address);
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await driver.ReadAsync(SessionKey.Create(), None));
        Assert.Contains("-C", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_a_password_says_so()
    {
        string file = Path.GetTempFileName();
        try
        {
            // It reads the file as another user.
            await File.WriteAllTextAsync(file, "user:secret\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            string told = await RefusalAsync(LongEnough, "-Y", file);
            Assert.Contains("asks for a user and a password", told, StringComparison.Ordinal);
            Assert.DoesNotContain("1.6.18", told, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // It takes the connection and never answers.
    [Fact]
    public async Task A_server_that_speaks_another_protocol_is_named_as_one() =>
        Assert.Contains("-B binary", await RefusalAsync(TimeSpan.FromSeconds(5), "-B", "binary"), StringComparison.Ordinal);

    private static async Task<string> RefusalAsync(TimeSpan connectTimeout, params string[] arguments)
    {
        await using var server = new Disposing(await MemcachedProcess.StartAsync(arguments));
        using MemcachedSessionDriver driver = TestDriver.On(server.Process.Address, configure: options => options.ConnectTimeout = connectTimeout);
        return (await Assert.ThrowsAsync<SessionStoreException>(async () => await driver.ReadAsync(SessionKey.Create(), None))).Message;
    }

    [Fact]
    public async Task The_sessions_of_a_dead_server_fail_and_those_of_the_others_work()
    {
        MemcachedProcess[] servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MemcachedProcess.StartAsync()));
        await using var disposing = new Disposing(servers);
        using MemcachedSessionDriver driver = TestDriver.On(servers.Select(server => server.Address));
        SessionRecord[] records = await StoreAsync(driver, 60);
        bool[] onDead = await Task.WhenAll(records.Select(record => HoldsAsync(servers[1], record)));
        Assert.Contains(true, onDead);
        Assert.Contains(false, onDead);

        await servers[1].KillAsync();
        for (int number = 0; number < records.Length; number++)
        {
            if (onDead[number])
            {
                // The first command may find that the connection broke; those after it are not sent.
                await Assert.ThrowsAnyAsync<Exception>(async () => await driver.ReadAsync(records[number].Key, None));
                SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await driver.WriteAsync(records[number].Next(), None));
                Assert.False(error.IsOutcomeUnknown);
                Assert.Single(error.Message.Split("can't be reached")[1..]);
            }
            else
            {
                Assert.NotNull(await driver.ReadAsync(records[number].Key, None));
                Assert.True((await driver.WriteAsync(records[number].Next(), None)).IsWritten);
            }
        }

        await servers[1].RestartAsync();
        SessionRecord lost = records.Where((_, number) => onDead[number]).First();
        await UntilAsync(async () => await AnswersAsync(driver, lost));
        Assert.True((await driver.WriteAsync(lost.Next(), None)).IsGone);
    }

    [Fact]
    public async Task With_RehashOnFailure_the_sessions_of_a_dead_server_begin_anew_on_the_others()
    {
        MemcachedProcess[] servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MemcachedProcess.StartAsync()));
        await using var disposing = new Disposing(servers);
        using MemcachedSessionDriver driver = TestDriver.On(servers.Select(server => server.Address), configure: options =>
        {
            options.RehashOnFailure = true;
            options.DeadServerTimeout = TimeSpan.FromMinutes(10);
        });
        SessionRecord[] records = await StoreAsync(driver, 60);
        bool[] onDead = await Task.WhenAll(records.Select(record => HoldsAsync(servers[1], record)));
        await servers[1].KillAsync();

        // Until the end of the connection has arrived, a command may still be sent on it.
        await UntilAsync(async () => await AnswersAsync(driver, records.Where((_, number) => onDead[number]).First()));
        for (int number = 0; number < records.Length; number++)
        {
            SessionRecord? read = await driver.ReadAsync(records[number].Key, None);
            Assert.Equal(onDead[number], read is null);
            SessionRecord fresh = TestRecord.New(TimeProvider.System.GetUtcNow()) with { Key = onDead[number] ? records[number].Key : SessionKey.Create() };
            Assert.True((await driver.WriteAsync(fresh, None)).IsWritten);
            Assert.True((await driver.WriteAsync(fresh.Next(), None)).IsWritten);
        }
    }

    private static async Task<SessionRecord[]> StoreAsync(MemcachedSessionDriver driver, int count)
    {
        SessionRecord[] records = [.. Enumerable.Range(0, count).Select(_ => TestRecord.New(TimeProvider.System.GetUtcNow()))];
        foreach (SessionRecord record in records)
        {
            Assert.True((await driver.WriteAsync(record, None)).IsWritten);
        }

        return records;
    }

    private static async Task<string> NumberAsync(MemcachedProcess server, SessionRecord record) =>
        (await server.AskAsync($"mg {record.ItemName()} c", "HD"))[0];

    private static async Task<bool> HoldsAsync(MemcachedProcess server, SessionRecord record) =>
        (await server.AskAsync($"mg {record.ItemName()} s", ""))[0].StartsWith("HD", StringComparison.Ordinal);

    private static async Task<bool> AnswersAsync(MemcachedSessionDriver driver, SessionRecord record)
    {
        try
        {
            await driver.ReadAsync(record.Key, None);
            return true;
        }
        catch (Exception error) when (error is MemcachedException or SessionStoreException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(LongEnough);
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <param name="responseTimeout">Short where a server is made to stand still; null: it may take as long as the machine likes.</param>
    private static Task<TestApp> StartAsync(string address, TimeSpan? responseTimeout = null) => TestApp.StartAsync(
        options =>
        {
            options.Driver = "memcached";
            options.StoreTimeout = TimeSpan.FromSeconds(20);
        },
        app =>
        {
            app.MapGet("/count", (Session session) => session.Increment("counter"));
            app.MapGet("/look", (Session session) => session.Get<int>("counter"));
        },
        sessions => sessions.AddMemcachedDriver(options =>
        {
            options.Servers.Add(MemcachedServer.Parse(address));
            options.ConnectTimeout = TimeSpan.FromMinutes(1);
            options.ResponseTimeout = responseTimeout ?? TimeSpan.FromMinutes(1);
            options.DeadServerTimeout = TimeSpan.FromMilliseconds(200);
        }),
        app => app.UseExceptionHandler(errors => errors.Run(async context =>
        {
            Exception? error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(error?.GetType().Name ?? "");
        })));

    private sealed class Disposing(params MemcachedProcess[] servers) : IAsyncDisposable
    {
        internal MemcachedProcess Process => servers[0];

        public async ValueTask DisposeAsync() => await Task.WhenAll(servers.Select(server => server.DisposeAsync()));
    }
}
