using System.Diagnostics;
using System.Net;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F1] [F2] However long the database lets it wait, a request is told within StoreTimeout.</summary>
[Collection(PostgresCollection.Name)]
public sealed class StoreTimeoutTests(PostgresServer server, ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // An eighth more is what is promised; the rest is for a machine that has other things to do. Providers would take 15 or 30 seconds.
    private static readonly TimeSpan Longest = (Timeout * 1.125) + TimeSpan.FromSeconds(8);

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_file_that_another_program_has_locked_holds_no_request_longer(string environment)
    {
        await using WebApplication app = await StartAsync(db => db.UseSqlite(_folder.ConnectionString()), environment);
        string[] errors = await AssertBoundedAsync(app, () => _folder.LockAsync(), "/new", "/count", "/end", "/forced");
        Assert.All(errors, error => Assert.Contains("(StoreTimeout)", error));
        Assert.Contains(errors, error => error.Contains("database is locked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nor_does_it_hold_readers_where_the_journal_makes_them_wait_as_well()
    {
        await using WebApplication app = await StartAsync(db => db.UseSqlite(_folder.ConnectionString()), "Production", makesReadersWait: true);
        await AssertBoundedAsync(app, () => _folder.LockAsync(), "/new", "/look", "/sync", "/count", "/end", "/forced");
    }

    [Fact]
    public async Task Tables_that_can_not_be_made_hold_no_request_longer()
    {
        await using WebApplication app = await StartAsync(db => db.UseSqlite(_folder.ConnectionString()), "Development", create: false);
        Func<Task>? goOn = await _folder.LockAsync();
        app.Services.SetStoreTimeout(Timeout);
        await AssertFailsInTimeAsync(NewClient(app), "/new");
        await goOn!();
        app.Services.SetLongStoreTimeout();
        Assert.Equal("1", await NewClient(app).GetStringAsync("/new"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_stands_still_holds_no_request_longer(bool retrying)
    {
        string database = await NewDatabaseAsync();
        await using WebApplication app = await StartAsync(
            db => db.UseNpgsql(database, postgres =>
            {
                if (retrying)
                {
                    postgres.EnableRetryOnFailure();
                }
            }),
            "Production");
        await AssertBoundedAsync(
            app,
            async () =>
            {
                await server.PauseAsync();
                return server.ResumeAsync;
            },
            "/new", "/look", "/sync", "/count", "/end", "/forced");
    }

    [Fact]
    public async Task A_server_that_never_answers_a_new_connection_holds_no_request_longer()
    {
        string database = await NewDatabaseAsync();
        await using WebApplication app = await StartAsync(db => db.UseNpgsql(database), "Production", create: false);
        await server.PauseAsync();
        app.Services.SetStoreTimeout(Timeout);
        try
        {
            await AssertFailsInTimeAsync(NewClient(app), "/new");
            string[] paths = ["/look", "/sync", "/new"];
            string foreign = $"did={new string('A', 43)}";
            await Task.WhenAll(Enumerable.Range(0, 12).Select(request =>
            {
                HttpClient client = NewClient(app);
                client.DefaultRequestHeaders.Add("Cookie", foreign);
                return AssertFailsInTimeAsync(client, paths[request % paths.Length]);
            }));
        }
        finally
        {
            await server.ResumeAsync();
        }
    }

    /// <summary>Data Protection asks for its keys in the middle of the first request, and synchronously.</summary>
    [Fact]
    public async Task A_server_that_stands_still_holds_no_request_longer_that_needs_the_key_ring()
    {
        string database = await NewDatabaseAsync();
        await using (await StartAsync(db => db.UseNpgsql(database), "Production"))
        {
        }

        await server.PauseAsync();
        WebApplication app;
        try
        {
            app = await StartAsync(db => db.UseNpgsql(database), "Production", create: false, keepsKeys: true);
            app.Services.SetStoreTimeout(Timeout);
            string[] errors = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AssertFailsInTimeAsync(NewClient(app), "/new")));
            Assert.All(errors, error => Assert.Contains("(StoreTimeout)", error));
        }
        finally
        {
            await server.ResumeAsync();
        }

        await using WebApplication started = app;
        var waited = Stopwatch.StartNew();
        while ((await NewClient(app).GetAsync("/new")).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "It did not go on by itself.");
            await Task.Delay(20);
        }
    }

    public void Dispose() => _folder.Dispose();

    // Npgsql would wait for two seconds to have a command cancelled.
    private async Task<string> NewDatabaseAsync() => await server.CreateDatabaseAsync() + ";Cancellation Timeout=20000";

    /// <summary>Many users at the same time, each with a session, while the store hangs; and then all of them again.</summary>
    private async Task<string[]> AssertBoundedAsync(WebApplication app, Func<Task<Func<Task>?>> stallAsync, params string[] paths)
    {
        HttpClient[] clients = [.. Enumerable.Range(0, 10 * paths.Length).Select(_ => NewClient(app))];
        foreach (HttpClient client in clients.Where((_, number) => paths[number % paths.Length] != "/new"))
        {
            // One by one: it is not they that are to be held up.
            await client.GetStringAsync("/new");
        }

        Func<Task>? goOn = await stallAsync();
        app.Services.SetStoreTimeout(Timeout);
        string[] errors = [];
        try
        {
            errors = await Task.WhenAll(clients.Select((client, number) => AssertFailsInTimeAsync(client, paths[number % paths.Length])));
        }
        finally
        {
            await goOn!();
            app.Services.SetLongStoreTimeout();
        }

        var waited = Stopwatch.StartNew();
        foreach (HttpClient client in clients)
        {
            while ((await client.GetAsync("/look")).StatusCode != HttpStatusCode.OK)
            {
                Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "It did not go on by itself.");
                await Task.Delay(20);
            }
        }

        return errors;
    }

    private async Task<string> AssertFailsInTimeAsync(HttpClient client, string path)
    {
        var took = Stopwatch.StartNew();
        using HttpResponseMessage response = await client.GetAsync(path);
        TimeSpan elapsed = took.Elapsed;
        output.WriteLine($"{path}: {elapsed.TotalMilliseconds:N0} ms");
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path} answered {response.StatusCode}: {body}");
        Assert.StartsWith(nameof(SessionStoreException), body);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.True(elapsed < Longest, $"{path} took {elapsed} with a StoreTimeout of {Timeout}.");
        return body;
    }

    private static HttpClient NewClient(WebApplication app) =>
        new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(app.Urls.Single()) };

    private static async Task<WebApplication> StartAsync(
        Action<DbContextOptionsBuilder> database, string environment, bool create = true, bool makesReadersWait = false, bool keepsKeys = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(StoreTimeouts.Long);
        FuelSessionsBuilder sessions = builder.Services.AddFuelSessions(options =>
        {
            options.Driver = "db";
            options.EncryptCookie = keepsKeys;
        }).AddDbDriver(database);
        if (keepsKeys)
        {
            sessions.PersistDataProtectionKeys();
        }

        WebApplication app = builder.Build();
        app.UseExceptionHandler(handler => handler.Run(context =>
        {
            Exception error = context.Features.Get<IExceptionHandlerFeature>()!.Error;
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync($"{error.GetType().Name}: {error.Message}");
        }));
        app.UseFuelSessions();
        app.MapGet("/new", (Session session) => session.Increment("counter"));
        app.MapGet("/count", (Session session) => session.Increment("counter"));
        app.MapGet("/look", (Session session) => session.Get<int>("counter"));
        app.MapGet("/end", (Session session) =>
        {
            session.Destroy();
        });
        app.MapGet("/sync", (HttpContext _) => Session.Forge("db").Get<int>("counter"));
        app.MapGet("/forced", (HttpContext _) => Session.Forge("db").Increment("counter"));
        if (create)
        {
            await app.EnsureFuelSessionsCreatedAsync();
            if (makesReadersWait)
            {
                await WithoutLogAsync(app);
            }
        }

        await app.StartAsync();
        return app;
    }

    private static Task WithoutLogAsync(WebApplication app) =>
        app.Services.GetRequiredService<LeasedDatabase>().RunAsync<Schema.SessionRow, int>(
            async (lease, _, token) => await lease.Context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = DELETE", token), default).AsTask();
}
