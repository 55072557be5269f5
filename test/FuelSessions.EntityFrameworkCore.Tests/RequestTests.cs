using System.Net;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W8] What a whole request costs the database.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CommandLog _commands = new();

    [Fact]
    public async Task A_request_sends_what_it_must_and_no_more()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddFuelSessions(options => options.Driver = "db")
            .AddDbDriver(db => db.UseSqlite(_folder.ConnectionString()).AddInterceptors(_commands))
            .PersistDataProtectionKeys();
        await using WebApplication app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/count", (Session session) => session.Set("counter", session.Get<int>("counter") + 1).Get<int>("counter"));
        app.MapGet("/look", (Session session) => session.Get<int>("counter"));
        app.MapGet("/other", () => "ok");
        await app.EnsureFuelSessionsCreatedAsync();
        await app.StartAsync();
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(app.Urls.Single()),
        };

        // The first two make the key ring and let the middleware learn which endpoints use the session.
        Assert.Equal("1", await client.GetStringAsync("/count"));
        Assert.Equal("1", await client.GetStringAsync("/look"));
        _commands.Take();

        Assert.Equal("2", await client.GetStringAsync("/count"));
        AssertSent("SELECT", "UPDATE");
        Assert.Equal("2", await client.GetStringAsync("/look"));
        AssertSent("SELECT");
        Assert.Equal("ok", await client.GetStringAsync("/other"));
        AssertSent();
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        Assert.Equal("1", await stranger.GetStringAsync("/count"));
        AssertSent("INSERT");
    }

    public void Dispose() => _folder.Dispose();

    private void AssertSent(params string[] verbs) => Assert.Equal(verbs, _commands.Take().Select(command => command.Split(' ', '\n')[0]));
}
