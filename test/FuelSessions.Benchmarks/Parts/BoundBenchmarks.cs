using BenchmarkDotNet.Attributes;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Tests;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>What it costs a request that its session is bound to a device, and what it costs the others that the app binds sessions at all.</summary>
public class BoundBenchmarks
{
    private readonly Endpoint _signIn = SessionPipeline.EndpointOf(static _ => Done(Session.Current.AttachPrincipal("ada").Increment("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _read = SessionPipeline.EndpointOf(static _ => Done(Session.Current.Get<long>("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _count = SessionPipeline.EndpointOf(static _ => Done(Session.Current.Increment("counter")), new SessionEndpointAttribute(""));
    private readonly Endpoint _proved = SessionPipeline.EndpointOf(
        static _ => Session.Current.DeviceProof == DeviceProof.Given ? Task.CompletedTask : throw new InvalidOperationException("What is to be measured is not bound."), new SessionEndpointAttribute(""));
    private SessionPipeline _pipeline = null!;
    private string _cookie = null!;

    public enum App
    {
        WithoutBinding,
        NotBound,
        Bound,
    }

    [ParamsAllValues]
    public App Kind { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        // As long as it can be: a run must not see a bound cookie end.
        _pipeline = new SessionPipeline(Kind == App.WithoutBinding ? null : static sessions => sessions.BindToDevice(bind =>
        {
            bind.BoundTime = TimeSpan.FromDays(1);
            bind.OnUnboundRequest = UnboundRequestAction.Refuse;
        }));
        HttpResponse signedIn = (await SendAsync(_signIn)).Response;
        _cookie = CookieIn(signedIn);
        if (Kind == App.Bound)
        {
            _cookie = $"{_cookie}; {await BindAsync(DeviceOffer.Parse(signedIn.Headers[DeviceOffer.Header].ToString()))}";
            await SendAsync(_proved);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _pipeline.Dispose();

    [Benchmark]
    public Task<HttpContext> Read() => SendAsync(_read);

    [Benchmark]
    public Task<HttpContext> Count() => SendAsync(_count);

    private static Task Done(long _) => Task.CompletedTask;

    private static string CookieIn(HttpResponse response) => response.Headers.SetCookie[^1]!.Split(';')[0];

    private Task<HttpContext> SendAsync(Endpoint endpoint) => _pipeline.SendAsync(_pipeline.ContextOf(endpoint, _cookie, "https"));

    private async Task<string> BindAsync(DeviceOffer offer)
    {
        using var device = new DeviceSigner();
        DefaultHttpContext registration = _pipeline.ContextOf(_read, cookie: null, "https");
        registration.Request.Method = "POST";
        registration.Request.Host = new HostString("localhost");
        registration.Request.Path = offer.Path;
        registration.Request.Headers[DeviceOffer.Answer] = device.Register(offer.Challenge, offer.Authorization);
        return CookieIn((await _pipeline.SendAsync(registration)).Response);
    }
}
