using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit.Abstractions;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>How many bytes a request with a session takes more than one without, on the memory driver: docs/performance.md measures it on a real server.</summary>
public sealed class AllocationTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly ITestOutputHelper? _output;

    public AllocationTests(ITestOutputHelper output)
        : this(Services()) => _output = output;

    private AllocationTests(ServiceProvider services) => _services = services;

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("not used", 300)]
    [InlineData("read", 960)]
    [InlineData("count", 1580)]
    [InlineData("new", 2700)]
    public void A_request_takes_no_more_than_it_needs(string scenario, int most)
    {
        RequestDelegate pipeline = Pipeline();
        Endpoint count = EndpointOf(static () => Session.Current.Increment("counter"));
        Endpoint endpoint = scenario switch
        {
            "not used" => EndpointOf(static () => { }),
            "read" => EndpointOf(static () => Session.Current.Get<long>("counter")),
            "count" => count,
            _ => EndpointOf(static () => Session.Current.Set("counter", 0L)),
        };
        long least = Least(pipeline, endpoint, scenario == "new" ? null : CookieOf(pipeline, count));
        _output!.WriteLine($"{scenario}: {least} bytes");
        Assert.InRange(least, 1, most);
    }

    /// <summary>ASP.NET Core takes some itself for each request that a scheme knows the user of, some 390 bytes: a result and a ticket, a set of principals, a task, features.</summary>
    [Fact]
    public void Who_is_signed_in_takes_no_more_than_it_needs_unless_claims_are_asked_for()
    {
        RequestDelegate pipeline = Pipeline(static app => app.UseAuthentication());
        Endpoint begin = EndpointOf(static () => Session.Current.Increment("counter"));
        Endpoint signIn = EndpointOf(static http =>
        {
            Session.Current.Increment("counter");
            return http.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "17"), new Claim(ClaimTypes.Name, "ada"), new Claim(ClaimTypes.Role, "admin")], "password")));
        });
        Endpoint read = EndpointOf(static () => Session.Current.Get<long>("counter"));
        string cookie = CookieOf(pipeline, signIn);

        // It is a sign-in that is measured.
        string? name = null;
        Send(
            pipeline,
            EndpointOf(http =>
            {
                name = http.User.Identity?.Name;
                return Task.CompletedTask;
            }),
            cookie);
        Assert.Equal("ada", name);
        long anonymous = Least(pipeline, read, CookieOf(pipeline, begin));
        long signedIn = Least(pipeline, read, cookie);
        long framework = FrameworkShare();
        _output!.WriteLine($"anonymous: {anonymous} bytes, signed in: {signedIn} bytes, of the difference the framework's: {framework} bytes");
        Assert.InRange(signedIn - anonymous, 1, 650);
    }

    // What the same costs with a scheme that makes nothing itself.
    private static long FrameworkShare()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ConstantHandler>("Constant", null);
        using var own = new AllocationTests(services.BuildServiceProvider());
        var app = new ApplicationBuilder(own._services);
        app.UseAuthentication();
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
        RequestDelegate pipeline = app.Build();
        Endpoint nothing = EndpointOf(static () => { });
        return own.Least(pipeline, nothing, cookie: "known=1") - own.Least(pipeline, nothing, cookie: "unknown");
    }

    private RequestDelegate Pipeline(Action<IApplicationBuilder>? between = null)
    {
        var app = new ApplicationBuilder(_services);
        app.UseFuelSessions();
        between?.Invoke(app);
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
        return app.Build();
    }

    private string CookieOf(RequestDelegate pipeline, Endpoint endpoint) => Send(pipeline, endpoint, cookie: null).Response.Headers.SetCookie[^1]!.Split(';')[0];

    private long Least(RequestDelegate pipeline, Endpoint endpoint, string? cookie) => Enumerable.Range(0, 300).Min(_ => Allocated(pipeline, endpoint, cookie));

    // Of this thread only, which does all of it: nothing has to be waited for.
    private long Allocated(RequestDelegate pipeline, Endpoint endpoint, string? cookie)
    {
        using IServiceScope scope = _services.CreateScope();
        DefaultHttpContext context = ContextOf(endpoint, cookie, scope);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(pipeline(context).IsCompletedSuccessfully);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private DefaultHttpContext Send(RequestDelegate pipeline, Endpoint endpoint, string? cookie)
    {
        using IServiceScope scope = _services.CreateScope();
        DefaultHttpContext context = ContextOf(endpoint, cookie, scope);
        Assert.True(pipeline(context).IsCompletedSuccessfully);
        return context;
    }

    private sealed class ConstantHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        private static readonly Task<AuthenticateResult> Known = Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("password")), "Constant")));
        private static readonly Task<AuthenticateResult> Unknown = Task.FromResult(AuthenticateResult.NoResult());

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Request.Headers.Cookie == "known=1" ? Known : Unknown;
    }

    private static Endpoint EndpointOf(Action run) => EndpointOf(_ =>
    {
        run();
        return Task.CompletedTask;
    });

    private static Endpoint EndpointOf(RequestDelegate run) => new(run, EndpointMetadataCollection.Empty, displayName: null);

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddFuelSessions(options => options.Driver = "memory");
        services.AddAuthentication().AddFuelSessions();
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        return services.BuildServiceProvider();
    }

    private static DefaultHttpContext ContextOf(Endpoint endpoint, string? cookie, IServiceScope scope)
    {
        // With room, as a server has it, for all that is added.
        var features = new FeatureCollection(16);
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/" });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature { Headers = new HeaderDictionary(8) });
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = new DefaultHttpContext(features) { RequestServices = scope.ServiceProvider };
        context.SetEndpoint(endpoint);
        context.Request.Headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        context.Request.Headers.Cookie = cookie;
        return context;
    }
}
