using BenchmarkDotNet.Attributes;
using FuelSessions.Benchmarks.Server;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>What it costs a request that somebody is signed in to its session, whether or not the claims are asked for.</summary>
public class SignedInBenchmarks
{
    private readonly Endpoint _begin = SessionPipeline.EndpointOf(static _ => Done(Session.Current.Increment("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _signIn = SessionPipeline.EndpointOf(
        static http =>
        {
            Session.Current.Increment("counter");
            return http.SignInAsync(SignedInUser.Create());
        },
        new SessionEndpointAttribute(""));

    // As UseAuthentication does for each request.
    private readonly Endpoint _read = SessionPipeline.EndpointOf(
        static async http =>
        {
            await http.AuthenticateAsync();
            Session.Current.Get<long>("counter");
        },
        new SessionEndpointAttribute(""));

    private readonly Endpoint _ask = SessionPipeline.EndpointOf(
        static async http =>
        {
            SignedInUser.Is((await http.AuthenticateAsync()).Principal);
            Session.Current.Get<long>("counter");
        },
        new SessionEndpointAttribute(""));

    private SessionPipeline _pipeline = null!;
    private string _cookie = null!;

    [ParamsAllValues]
    public bool SignedIn { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _pipeline = new SessionPipeline(static sessions => sessions.Services.AddAuthentication().AddFuelSessions());
        _cookie = (await SendAsync(SignedIn ? _signIn : _begin, cookie: null)).Response.Headers.SetCookie[^1]!.Split(';')[0];
    }

    [GlobalCleanup]
    public void Cleanup() => _pipeline.Dispose();

    [Benchmark]
    public Task<HttpContext> Read() => SendAsync(_read, _cookie);

    [Benchmark]
    public Task<HttpContext> ReadAndAskForARole() => SendAsync(_ask, _cookie);

    // As a server does it: a scheme's handler is made, and asked, once in each scope.
    private async Task<HttpContext> SendAsync(Endpoint endpoint, string? cookie)
    {
        DefaultHttpContext context = _pipeline.ContextOf(endpoint, cookie);
        await using AsyncServiceScope scope = context.RequestServices.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        return await _pipeline.SendAsync(context);
    }

    private static Task Done(long _) => Task.CompletedTask;
}
