using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Stores.Support;

/// <summary>An app that keeps tokens in its web session, and what tests want it to do, one endpoint each.</summary>
internal sealed class TokenSite : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Tokens _tokens;

    private TokenSite(TestApp app, Tokens tokens, TemporaryFolder folder) => (App, _tokens, _folder) = (app, tokens, folder);

    internal TestApp App { get; }

    internal ITokenSessionManager Manager => _tokens.Manager;

    /// <summary>The session that was the owner last.</summary>
    internal SessionKey Session => SessionKey.TryParseHex(_tokens.Last!.Owner.AsSpan(_tokens.Last.Owner.IndexOf(':') + 1), out SessionKey key)
        ? key
        : throw new InvalidOperationException("No owner was asked for.");

    internal TokenKey Key => _tokens.Last!;

    internal static async Task<TokenSite> StartAsync(
        string driver, Action<WebApplication, Tokens>? map = null, Action<FuelSessionsOptions>? configure = null, TokenSessionOptions? options = null)
    {
        var folder = new TemporaryFolder();
        var tokens = new Tokens(options ?? new TokenSessionOptions().UseWebSession());
        TestApp app = await TestApp.StartAsync(
            sessions =>
            {
                sessions.Driver = driver;
                sessions.Path = folder.Path;
                sessions.StoreTimeout = TimeSpan.FromSeconds(30);
                configure?.Invoke(sessions);
            },
            app =>
            {
                tokens.Services = app.Services;
                app.MapGet("/get", async context => await context.Response.WriteAsync(await tokens.ReadAsync(context)));
                app.MapGet("/set/{secret}", (string secret, HttpContext context) => tokens.SetAsync(secret, context));
                app.MapGet("/late/{secret}", async (string secret, HttpContext context) =>
                {
                    await context.Response.WriteAsync("sent;");
                    await context.Response.Body.FlushAsync();
                    await context.Response.WriteAsync(await tokens.SetAsync(secret, context));
                });
                app.MapGet("/add", (Session session) => session.Increment("counter"));
                app.MapGet("/counter", (Session session) => session.Get<long>("counter"));
                app.MapGet("/rotate", (Session session) => session.Rotate().IsNew);
                app.MapGet("/attach/{user}", (string user, Session session) => session.AttachPrincipal(user).IsNew);
                app.MapGet("/destroy", (Session session) => session.Destroy().IsNew);
                app.MapGet("/clear", (Session session) => session.Clear().IsNew);
                map?.Invoke(app, tokens);
            });
        return new TokenSite(app, tokens, folder);
    }

    internal ValueTask<SessionRecord?> RecordAsync() =>
        App.Services.GetRequiredService<DriverRegistry>().Driver(_tokens.Last!.Owner.Split(':')[0]).ReadAsync(Session, default);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _folder.Dispose();
    }

    internal sealed class Tokens(TokenSessionOptions options)
    {
        private ITokenSessionManager? _manager;

        internal IServiceProvider? Services { get; set; }

        internal TokenKey? Last { get; private set; }

        internal ITokenSessionManager Manager => LazyInitializer.EnsureInitialized(ref _manager, () => options.CreateManager!(
            Services!,
            new TokenStoreContext(
                Client.Name,
                Services!.GetRequiredService<TimeProvider>(),
                Services!.GetRequiredService<ILoggerFactory>(),
                Services!.GetRequiredService<IDataProtectionProvider>())));

        internal async Task<TokenKey> KeyAsync(HttpContext context, AuthIdentity? identity = null) =>
            Last = Client.Key(await options.Owner!(context.RequestServices, default), identity);

        internal async Task<string> ReadAsync(HttpContext context, AuthIdentity? identity = null) =>
            (await Manager.GetAsync(await KeyAsync(context, identity))).AccessToken;

        /// <summary>The kind of error, if there was one.</summary>
        internal async Task<string> SetAsync(string secret, HttpContext context) => await SetAsync(secret, await KeyAsync(context));

        internal async Task<string> SetAsync(string secret, TokenKey key)
        {
            try
            {
                await Manager.SetAsync(Client.Token(secret), key);
                return "stored";
            }
            catch (InvalidOperationException error)
            {
                return $"{error.GetType().Name}: {error.Message}";
            }
        }
    }
}
