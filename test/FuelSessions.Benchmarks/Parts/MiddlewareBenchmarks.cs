using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>A whole request with the memory driver, from the middleware to the cookie, without a web server around it.</summary>
public class MiddlewareBenchmarks
{
    private readonly Endpoint _unused = EndpointOf(static _ => Task.CompletedTask);
    private readonly Endpoint _read = EndpointOf(static _ => Done(Session.Current.Get<long>("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _count = EndpointOf(static _ => Done(Session.Current.Increment("counter")), new SessionEndpointAttribute(""));
    private ServiceProvider _services = null!;
    private RequestDelegate _pipeline = null!;
    private string _cookie = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var services = new ServiceCollection();
        services.AddFuelSessions(options => options.Driver = "memory");
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        _services = services.BuildServiceProvider();
        var app = new ApplicationBuilder(_services);
        app.UseFuelSessions();
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
        _pipeline = app.Build();
        _cookie = (await SendAsync(_count, cookie: null)).Response.Headers.SetCookie[0]!.Split(';')[0];
    }

    [GlobalCleanup]
    public void Cleanup() => _services.Dispose();

    /// <summary>What the others cost without the middleware: the request itself.</summary>
    [Benchmark(Baseline = true)]
    public HttpContext RequestAlone() => ContextOf(_unused, _cookie);

    [Benchmark]
    public Task<HttpContext> NotUsed() => SendAsync(_unused, _cookie);

    [Benchmark]
    public Task<HttpContext> Read() => SendAsync(_read, _cookie);

    [Benchmark]
    public Task<HttpContext> Count() => SendAsync(_count, _cookie);

    [Benchmark]
    public Task<HttpContext> New() => SendAsync(_count, cookie: null);

    private static Endpoint EndpointOf(RequestDelegate run, params object[] metadata) => new(run, new EndpointMetadataCollection(metadata), null);

    private static Task Done(long _) => Task.CompletedTask;

    private async Task<HttpContext> SendAsync(Endpoint endpoint, string? cookie)
    {
        DefaultHttpContext context = ContextOf(endpoint, cookie);
        await _pipeline(context);
        await ((StartedResponse)context.Features.GetRequiredFeature<IHttpResponseFeature>()).StartAsync();
        return context;
    }

    private DefaultHttpContext ContextOf(Endpoint endpoint, string? cookie)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/" });
        features.Set<IHttpResponseFeature>(new StartedResponse());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = new DefaultHttpContext(features) { RequestServices = _services };
        context.SetEndpoint(endpoint);
        context.Request.Headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        context.Request.Headers.Cookie = cookie;
        return context;
    }

    /// <summary>Calls what waits for the start of the response, which the framework's own feature leaves to a web server.</summary>
    private sealed class StartedResponse : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _starting = [];

        public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

        internal async Task StartAsync()
        {
            while (_starting.TryPop(out (Func<object, Task> Callback, object State) waiting))
            {
                await waiting.Callback(waiting.State);
            }
        }
    }
}
