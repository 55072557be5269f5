using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit.Abstractions;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>How many bytes a request with a session takes more than one without, on the memory driver: docs/performance.md measures it on a real server.</summary>
public sealed class AllocationTests(ITestOutputHelper output) : IDisposable
{
    private readonly ServiceProvider _services = Services();

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("not used", 300)]
    [InlineData("read", 960)]
    [InlineData("count", 1580)]
    [InlineData("new", 2700)]
    public void A_request_takes_no_more_than_it_needs(string scenario, int most)
    {
        var app = new ApplicationBuilder(_services);
        app.UseFuelSessions();
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
        RequestDelegate pipeline = app.Build();
        Endpoint count = EndpointOf(static () => Session.Current.Increment("counter"));
        Endpoint endpoint = scenario switch
        {
            "not used" => EndpointOf(static () => { }),
            "read" => EndpointOf(static () => Session.Current.Get<long>("counter")),
            "count" => count,
            _ => EndpointOf(static () => Session.Current.Set("counter", 0L)),
        };
        string? cookie = scenario == "new" ? null : Send(pipeline, count, cookie: null).Response.Headers.SetCookie[0]!.Split(';')[0];
        long least = Enumerable.Range(0, 300).Min(_ => Allocated(pipeline, endpoint, cookie));
        output.WriteLine($"{scenario}: {least} bytes");
        Assert.InRange(least, 1, most);
    }

    // Of this thread only, which does all of it: nothing has to be waited for.
    private long Allocated(RequestDelegate pipeline, Endpoint endpoint, string? cookie)
    {
        DefaultHttpContext context = ContextOf(endpoint, cookie);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(pipeline(context).IsCompletedSuccessfully);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private DefaultHttpContext Send(RequestDelegate pipeline, Endpoint endpoint, string? cookie)
    {
        DefaultHttpContext context = ContextOf(endpoint, cookie);
        Assert.True(pipeline(context).IsCompletedSuccessfully);
        return context;
    }

    private static Endpoint EndpointOf(Action run) => new(
        _ =>
        {
            run();
            return Task.CompletedTask;
        },
        EndpointMetadataCollection.Empty,
        displayName: null);

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddFuelSessions(options => options.Driver = "memory");
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        return services.BuildServiceProvider();
    }

    private DefaultHttpContext ContextOf(Endpoint endpoint, string? cookie)
    {
        // With room, as a server has it, for all that is added.
        var features = new FeatureCollection(16);
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/" });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature { Headers = new HeaderDictionary(8) });
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = new DefaultHttpContext(features) { RequestServices = _services };
        context.SetEndpoint(endpoint);
        context.Request.Headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        context.Request.Headers.Cookie = cookie;
        return context;
    }
}
