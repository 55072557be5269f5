using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>A provider that nobody has tried: told as the app starts, with what works.</summary>
public sealed class UnknownProviderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LogRecorder _logs = new();

    [Fact]
    public async Task Is_told_as_the_app_starts()
    {
        await StartAsync(options => options.UseSqlite(_folder.ConnectionString()).ReplaceService<IDatabaseProvider, Unknown>());
        LogRecorder.LogLine line = Assert.Single(_logs.Lines, line => line.Id == 131);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("'Unheard.Of'", line.Text, StringComparison.Ordinal);
        Assert.All(Dialect.KnownProviders, known => Assert.Contains(known, line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_sent_standard_sql()
    {
        var commands = new CommandLog(suppress: true);
        await using TestApp app = TestApp.OnSqlite(
            _folder.ConnectionString(), more: options => options.ReplaceService<IDatabaseProvider, Unknown>().AddInterceptors(commands));
        app.Services.GetRequiredService<LeasedDatabase>().Trust();
        await ((ICollectExpired)app.Driver).CollectExpiredAsync(7, default);
        Assert.Equal(
            "DELETE FROM \"sessions\" WHERE \"session_key\" IN"
            + " (SELECT \"session_key\" FROM \"sessions\" WHERE \"expires\" <= @now ORDER BY \"expires\" FETCH FIRST @limit ROWS ONLY) AND \"expires\" <= @now",
            Assert.Single(commands.Take()));
    }

    [Fact]
    public async Task One_that_is_known_is_not_worth_a_word()
    {
        await StartAsync(options => options.UseSqlite(_folder.ConnectionString()));
        Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    /// <summary>Each by the name that its own package gives it.</summary>
    [Fact]
    public void Those_that_are_known_are_called_so()
    {
        DbContextOptionsBuilder[] known =
        [
            new DbContextOptionsBuilder().UseSqlite(), new DbContextOptionsBuilder().UseNpgsql(),
            new DbContextOptionsBuilder().UseMySQL("Server=nowhere"), new DbContextOptionsBuilder().UseSqlServer(),
        ];
        foreach (DbContextOptionsBuilder options in known)
        {
            using var context = new DbContext(options.Options);
            Assert.Contains(context.Database.ProviderName, Dialect.KnownProviders);
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task StartAsync(Action<DbContextOptionsBuilder> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Logging.AddProvider(_logs);
        builder.Services.AddFuelSessions().AddDbDriver(configure);
        using IHost host = builder.Build();
        await host.EnsureFuelSessionsCreatedAsync();
        await host.StartAsync();
        await host.StopAsync();
    }

    private sealed class Unknown : IDatabaseProvider
    {
        public string Name => "Unheard.Of";

        public string? Version => null;

        public bool IsConfigured(IDbContextOptions options) => true;
    }
}
