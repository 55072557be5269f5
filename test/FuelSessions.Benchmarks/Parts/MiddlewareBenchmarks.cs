using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>A whole request with the memory driver.</summary>
public class MiddlewareBenchmarks
{
    private readonly Endpoint _unused = SessionPipeline.EndpointOf(static _ => Task.CompletedTask);
    private readonly Endpoint _read = SessionPipeline.EndpointOf(static _ => Done(Session.Current.Get<long>("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _count = SessionPipeline.EndpointOf(static _ => Done(Session.Current.Increment("counter")), new SessionEndpointAttribute(""));
    private SessionPipeline _pipeline = null!;
    private string _cookie = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _pipeline = new SessionPipeline();
        _cookie = (await New()).Response.Headers.SetCookie[0]!.Split(';')[0];
    }

    [GlobalCleanup]
    public void Cleanup() => _pipeline.Dispose();

    /// <summary>What the others cost without the middleware: the request itself.</summary>
    [Benchmark(Baseline = true)]
    public HttpContext RequestAlone() => _pipeline.ContextOf(_unused, _cookie);

    [Benchmark]
    public Task<HttpContext> NotUsed() => _pipeline.SendAsync(_unused, _cookie);

    [Benchmark]
    public Task<HttpContext> Read() => _pipeline.SendAsync(_read, _cookie);

    [Benchmark]
    public Task<HttpContext> Count() => _pipeline.SendAsync(_count, _cookie);

    [Benchmark]
    public Task<HttpContext> New() => _pipeline.SendAsync(_count, cookie: null);

    private static Task Done(long _) => Task.CompletedTask;
}
