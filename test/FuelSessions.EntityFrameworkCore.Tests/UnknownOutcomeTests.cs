using System.Data.Common;
using System.Net;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySql.Data.MySqlClient;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F2] [F6] A save that got no answer is told as such, and one that was refused as refused; the next request sees one or the other whole.</summary>
[Collection(PostgresCollection.Name)]
public sealed class UnknownOutcomeOnPostgres(PostgresServer server) : UnknownOutcomeTests
{
    // The one statement that waits for the lock.
    protected override string Waiting => "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

    protected override string Kill(object? waiting) => $"SELECT pg_terminate_backend({waiting})";

    protected override string Refusal => "ALTER TABLE sessions ADD CONSTRAINT refusal CHECK (version < 2)";

    protected override Task<string> DatabaseAsync() => server.CreateDatabaseAsync();

    protected override DbConnection Connection(string database) => new NpgsqlConnection(database);

    protected override void Use(DbContextOptionsBuilder options, string database) => options.UseNpgsql(database);

    /// <summary>As its own limit (<c>statement_timeout</c>) has it do.</summary>
    [Fact]
    public async Task A_save_that_the_server_cancels_is_not_stored()
    {
        string database = await DatabaseAsync();
        await using WebApplication app = await StartAsync(database);
        HttpClient client = NewClient(app);
        Assert.Equal("1", await client.GetStringAsync("/count"));
        await using (DbConnection other = await LockAsync(database))
        {
            Task<string> count = client.GetStringAsync("/count");
            await using DbConnection canceller = await OpenAsync(database);
            while (!count.IsCompleted)
            {
                await canceller.ScalarAsync($"SELECT pg_cancel_backend(pid) FROM ({Waiting}) AS waiting");
            }

            string answer = await count;
            Assert.StartsWith("refused: ", answer);
            Assert.Contains("57014", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(Unknown, answer, StringComparison.Ordinal);
        }

        Assert.Equal("2", await client.GetStringAsync("/count"));
    }
}

/// <inheritdoc cref="UnknownOutcomeOnPostgres"/>
[Collection(MariaDbCollection.Name)]
public sealed class UnknownOutcomeOnMariaDb(MariaDbServer server) : UnknownOutcomeTests
{
    protected override string Waiting =>
        "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id() AND info LIKE '%UPDATE `sessions`%'";

    protected override string Kill(object? waiting) => $"KILL CONNECTION {waiting}";

    protected override string Refusal => "ALTER TABLE sessions ADD CONSTRAINT refusal CHECK (version < 2)";

    protected override Task<string> DatabaseAsync() => server.CreateDatabaseAsync();

    protected override DbConnection Connection(string database) => new MySqlConnection(database);

    protected override void Use(DbContextOptionsBuilder options, string database) => options.UseMySQL(database);
}

/// <inheritdoc cref="UnknownOutcomeOnPostgres"/>
public abstract class UnknownOutcomeTests
{
    protected const string Unknown = "may be stored all the same";

    protected abstract string Waiting { get; }

    protected abstract string Refusal { get; }

    protected abstract string Kill(object? waiting);

    protected abstract Task<string> DatabaseAsync();

    protected abstract DbConnection Connection(string database);

    protected abstract void Use(DbContextOptionsBuilder options, string database);

    [Fact]
    public async Task A_save_that_times_out_may_land_later()
    {
        string database = await DatabaseAsync();
        await using WebApplication app = await StartAsync(database);
        HttpClient client = NewClient(app);
        Assert.Equal("1", await client.GetStringAsync("/count"));
        await using (DbConnection other = await LockAsync(database))
        {
            // For the read in front of it too, which nobody holds up.
            app.Services.SetStoreTimeout(TimeSpan.FromSeconds(3));
            string answer = await client.GetStringAsync("/count");
            Assert.StartsWith("unknown: ", answer);
            Assert.Contains(Unknown, answer, StringComparison.Ordinal);
        }

        app.Services.SetLongStoreTimeout();
        await AssertWholeAsync(client);
    }

    [Fact]
    public async Task A_save_whose_connection_breaks_may_have_landed()
    {
        string database = await DatabaseAsync();
        await using WebApplication app = await StartAsync(database);
        HttpClient client = NewClient(app);
        Assert.Equal("1", await client.GetStringAsync("/count"));
        await using (DbConnection other = await LockAsync(database))
        {
            Task<string> count = client.GetStringAsync("/count");
            await using DbConnection killer = await OpenAsync(database);
            object? waiting;
            do
            {
                waiting = await killer.ScalarAsync(Waiting);
            }
            while (waiting is null && !count.IsCompleted);

            await killer.ScalarAsync(Kill(waiting));
            string answer = await count;
            Assert.StartsWith("unknown: ", answer);
            Assert.Equal(answer.IndexOf(Unknown, StringComparison.Ordinal), answer.LastIndexOf(Unknown, StringComparison.Ordinal));
            Assert.Contains(Unknown, answer, StringComparison.Ordinal);
        }

        await AssertWholeAsync(client);
    }

    [Fact]
    public async Task A_save_that_was_refused_is_not_stored()
    {
        string database = await DatabaseAsync();
        await using WebApplication app = await StartAsync(database);
        HttpClient client = NewClient(app);
        Assert.Equal("1", await client.GetStringAsync("/count"));
        await using DbConnection other = await OpenAsync(database);
        await other.ScalarAsync(Refusal);
        string answer = await client.GetStringAsync("/count");
        Assert.StartsWith("refused: ", answer);
        Assert.DoesNotContain(Unknown, answer, StringComparison.Ordinal);
        Assert.Equal("1", await client.GetStringAsync("/look"));
    }

    /// <summary>The same of a key of the key ring.</summary>
    [Theory]
    [InlineData("57P01", true)]
    [InlineData("08006", true)]
    [InlineData("25006", false)]
    [InlineData("57014", false)]
    public async Task A_key_without_an_answer_may_be_stored(string state, bool isUnknown)
    {
        var wire = new BrokenWire();
        string database = await DatabaseAsync();
        await using var app = new TestApp(builder => builder.AddDbDriver(options =>
        {
            Use(options, database);
            options.AddInterceptors(wire);
        }));
        await app.CreatedAsync();
        wire.Refuse(ProviderError.PostgreSql(state));
        Exception error = Assert.ThrowsAny<Exception>(() => ((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys.StoreElement(new("key"), "key"));
        Assert.Equal(isUnknown, error is SessionStoreException { IsOutcomeUnknown: true } && error.Message.Contains(Unknown, StringComparison.Ordinal));
    }

    private static async Task AssertWholeAsync(HttpClient client)
    {
        // Once it is counted, whatever was on its way before has landed, or never will.
        int counted = int.Parse(await client.GetStringAsync("/count"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(counted, 2, 3);
        Assert.Equal($"{counted}", await client.GetStringAsync("/look"));
        Assert.Equal($"{counted + 1}", await client.GetStringAsync("/count"));
    }

    protected async Task<DbConnection> OpenAsync(string database)
    {
        DbConnection connection = Connection(database);
        await connection.OpenAsync();
        return connection;
    }

    // Held until the connection is closed.
    protected async Task<DbConnection> LockAsync(string database)
    {
        DbConnection other = await OpenAsync(database);
        await other.ScalarAsync("BEGIN");
        await other.ScalarAsync("SELECT 1 FROM sessions FOR UPDATE");
        return other;
    }

    protected static HttpClient NewClient(WebApplication app) =>
        new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(app.Urls.Single()) };

    protected async Task<WebApplication> StartAsync(string database)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(StoreTimeouts.Long);
        builder.Services.AddFuelSessions(options =>
        {
            options.Driver = "db";
            options.EncryptCookie = false;
        }).AddDbDriver(options => Use(options, database));
        WebApplication app = builder.Build();
        app.UseExceptionHandler(handler => handler.Run(context =>
        {
            var error = (SessionStoreException)context.Features.Get<IExceptionHandlerFeature>()!.Error;
            context.Response.StatusCode = StatusCodes.Status200OK;
            return context.Response.WriteAsync($"{(error.IsOutcomeUnknown ? "unknown" : "refused")}: {error.Message}");
        }));
        app.UseFuelSessions();
        app.MapGet("/count", (Session session) => session.Increment("counter"));
        app.MapGet("/look", (Session session) => session.Get<int>("counter"));
        await app.EnsureFuelSessionsCreatedAsync();
        await app.StartAsync();
        return app;
    }
}
