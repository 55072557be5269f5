using FuelSessions.Benchmarks.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>An app with the memory driver, from the middleware to the cookie, without a web server around it.</summary>
internal sealed class SessionPipeline : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _run;

    internal SessionPipeline(Action<FuelSessionsBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        FuelSessionsBuilder sessions = services.AddFuelSessions(options => options.Driver = "memory");
        configure?.Invoke(sessions);
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        _services = services.BuildServiceProvider();
        var app = new ApplicationBuilder(_services);
        app.UseFuelSessions();
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
        _run = app.Build();
    }

    internal static Endpoint EndpointOf(RequestDelegate run, params object[] metadata) => new(run, new EndpointMetadataCollection(metadata), null);

    internal Task<HttpContext> SendAsync(Endpoint endpoint, string? cookie) => SendAsync(ContextOf(endpoint, cookie));

    internal async Task<HttpContext> SendAsync(DefaultHttpContext context)
    {
        await _run(context);
        await ((StartedResponse)context.Features.GetRequiredFeature<IHttpResponseFeature>()).StartAsync();
        return context;
    }

    internal DefaultHttpContext ContextOf(Endpoint endpoint, string? cookie, string scheme = "http")
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/", Scheme = scheme });
        features.Set<IHttpResponseFeature>(new StartedResponse());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = new DefaultHttpContext(features) { RequestServices = _services };
        context.SetEndpoint(endpoint);
        context.Request.Headers.UserAgent = Wrk.UserAgent;
        context.Request.Headers.Cookie = cookie;
        return context;
    }

    public void Dispose() => _services.Dispose();

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
