using FuelSessions.Demo.Authority;
using FuelSessions.Testing;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.OpenIddict;

/// <summary>OpenIddict on Kestrel, on EF Core and SQLite, by a clock that only the test moves.</summary>
internal sealed class Authority : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;

    private Authority(WebApplication app, AuthorityClient client, TemporaryFolder folder, Uri address) => (_app, Client, _folder, Address) = (app, client, folder, address);

    internal AuthorityClient Client { get; }

    internal Uri Address { get; }

    internal IServiceProvider Services => _app.Services;

    internal AuthorityCounts Counts => _app.Services.GetRequiredService<AuthorityCounts>();

    /// <summary>Comes before each answer to a request for a token; the provider goes on whether or not its client is still there.</summary>
    internal Func<Task>? BeforeToken { get; set; }

    internal static Task<Authority> StartAsync(TimeProvider clock, params Uri[] redirectUris) => StartAsync(new AuthorityClient { Clock = clock }, redirectUris);

    internal static async Task<Authority> StartAsync(AuthorityClient client, params Uri[] redirectUris)
    {
        var folder = new TemporaryFolder();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthority(client, db => db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = folder.Below("provider.db"), Pooling = false }.ToString()));
        WebApplication app = builder.Build();
        Authority? authority = null;
        app.Use(async (context, next) =>
        {
            if (context.Request.Path == "/provider/oauth/token" && authority?.BeforeToken is { } wait)
            {
                // Read before its sender is gone.
                await context.Request.ReadFormAsync();
                await wait();
                context.RequestAborted = CancellationToken.None;
            }

            await next(context);
        });
        app.UseAuthorityCounts();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAuthority();
        await app.Services.EnsureAuthorityCreatedAsync(client, redirectUris);
        await app.StartAsync();
        return authority = new Authority(app, client, folder, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }

    internal TokenSessionOptions Configure(TokenSessionOptions options)
    {
        options.ClientId = Client.Id;
        options.ClientSecret = Client.Secret;
        options.TokenEndpoint = new Uri(Address, "/provider/oauth/token");
        options.AuthorizationEndpoint = new Uri(Address, "/provider/oauth/authorize");
        options.RevocationEndpoint = new Uri(Address, "/provider/oauth/revoke");
        options.Issuer = Address.ToString();
        options.TimeProvider = Client.Clock;
        options.RequestTimeout = TimeSpan.FromMinutes(1);
        options.LockLifetime = TimeSpan.FromMinutes(2);
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
