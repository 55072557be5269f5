using FuelSessions.Tokens.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Owners;

/// <summary>Whoever the request's services say a caller is, is whose token goes out: never another's.</summary>
public sealed class OwnerTests
{
    private const int Users = 50;
    private const int Calls = 1200;

    private interface ICurrentUser
    {
        string Id { get; }
    }

    [Theory]
    [InlineData("Development", ServiceLifetime.Transient, false)]
    [InlineData("Development", ServiceLifetime.Scoped, false)]
    [InlineData("Development", ServiceLifetime.Scoped, true)]
    [InlineData("Development", ServiceLifetime.Singleton, true)]
    [InlineData("Production", ServiceLifetime.Transient, false)]
    [InlineData("Production", ServiceLifetime.Transient, true)]
    [InlineData("Production", ServiceLifetime.Scoped, false)]
    [InlineData("Production", ServiceLifetime.Scoped, true)]
    [InlineData("Production", ServiceLifetime.Singleton, true)]
    public async Task Interleaved_calls_of_many_users_never_cross(string environment, ServiceLifetime lifetime, bool lazy)
    {
        await using Ground ground = await Ground.StartAsync();
        await using WebApplication app = await StartAsync(ground, environment, services => services.Add(new ServiceDescriptor(
            typeof(ICurrentUser), lazy ? typeof(LazyUser) : typeof(EagerUser), lifetime)));
        var tokens = app.Services.GetRequiredService<TokenSessionFactory>();
        foreach (int user in Enumerable.Range(0, Users))
        {
            TokenSession session = await tokens.CreateAsync(Ground.Client, $"u{user}");
            await session.AuthenticateWithAppAsync($"u{user}", ground.StandIn.Password);
        }

        using var http = new HttpClient { BaseAddress = AddressOf(app) };
        int crossed = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Calls), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, cancellationToken) =>
        {
            string who = await http.GetStringAsync($"/?user=u{call % Users}", cancellationToken);
            if (who != $"app:u{call % Users}")
            {
                Interlocked.Increment(ref crossed);
            }
        });

        Assert.Equal(0, crossed);
    }

    [Fact]
    public async Task Where_there_is_no_request_the_owner_must_be_named()
    {
        await using Ground ground = await Ground.StartAsync();
        await using WebApplication app = await StartAsync(ground, "Production", services => services.AddScoped<ICurrentUser, LazyUser>());
        var tokens = app.Services.GetRequiredService<TokenSessionFactory>();
        using HttpClient api = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        InvalidOperationException opened = await Assert.ThrowsAsync<InvalidOperationException>(() => tokens.CreateAsync(Ground.Client));
        InvalidOperationException sent = await Assert.ThrowsAsync<InvalidOperationException>(() => api.GetAsync("/provider/api/me"));
        TokenSession named = await tokens.CreateAsync(Ground.Client, "ann");
        await named.AuthenticateWithAppAsync("ann", ground.StandIn.Password);

        Assert.All(new[] { opened, sent }, error => Assert.Contains("SetTokenOwner", error.Message));
        Assert.Equal("app:ann", await Ground.WhoAsync(api, request => request.SetTokenOwner("ann")));
    }

    [Fact]
    public async Task A_manager_can_not_keep_a_scoped_service_of_anybody()
    {
        await using Ground ground = await Ground.StartAsync();

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(
            ground, "Production", services => services.AddScoped<ICurrentUser, LazyUser>(), options => options.UseManager(services =>
            {
                services.GetRequiredService<ICurrentUser>();
                return new TestManager();
            })));

        Assert.Contains("scoped", error.Message);
    }

    private static async Task<WebApplication> StartAsync(
        Ground ground, string environment, Action<IServiceCollection> addUser, Action<TokenSessionOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHttpContextAccessor();
        addUser(builder.Services);
        builder.Services.AddHttpClient("api", http => http.BaseAddress = ground.Address).AddTokenSession(Ground.Client, options =>
        {
            ground.Configure(options);
            options.Owner = (services, _) => new(services.GetRequiredService<ICurrentUser>().Id);
            configure?.Invoke(options);
        });
        WebApplication app = builder.Build();
        app.MapGet("/", (IHttpClientFactory clients) => Ground.WhoAsync(clients.CreateClient("api")));
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static string UserOf(IHttpContextAccessor accessor) => accessor.HttpContext?.Request.Query["user"].ToString() ?? "nobody";

    private sealed class EagerUser(IHttpContextAccessor accessor) : ICurrentUser
    {
        public string Id { get; } = UserOf(accessor);
    }

    private sealed class LazyUser(IHttpContextAccessor accessor) : ICurrentUser
    {
        public string Id => UserOf(accessor);
    }
}
