using System.Net;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Redis.Tests;

/// <summary>A session bound to its device on two nodes, which have the store and the key ring in common [B3].</summary>
[Collection(RedisCollection.Name)]
public sealed class DeviceBindingTests(RedisServer server)
{
    [Fact]
    public async Task Is_one_binding_on_both_nodes()
    {
        using var certificate = new TestCertificate();
        FakeTimeProvider clock = FakeClock.AtPresent();
        var keys = new EphemeralDataProtectionProvider();
        await using TestApp first = await NodeAsync(certificate, clock, keys);
        await using TestApp second = await NodeAsync(certificate, clock, keys);
        using var browser = new DeviceBrowser(first.Address);
        await browser.GetAsync("/sign-in");
        (string path, string challenge, string authorization) = browser.Offer!.Value;
        string registration = browser.Signer.Register(challenge, authorization);
        DeviceResponse[] registered = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => browser.PostAsync(
            On(i % 2 == 0 ? first : second, path), cookies: false, ("Secure-Session-Response", registration))));
        browser.Learn(Assert.Single(registered, answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal("Given", await browser.TextAsync("/proof"));
        clock.Advance(TimeSpan.FromSeconds(61));

        string proof = browser.Signer.Refresh(browser.Challenge!);
        Task<string>[] counts = [.. Enumerable.Range(0, 20).Select(i => browser.TextAsync(On(i % 2 == 0 ? first : second, "/count")))];
        DeviceResponse[] refreshed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => browser.PostAsync(
            On(i % 2 == 0 ? first : second, browser.RefreshPath), cookies: false, ("Sec-Secure-Session-Id", browser.Identifier), ("Secure-Session-Response", proof))));
        Assert.Single(refreshed, answer => answer.Status == HttpStatusCode.OK);
        Assert.DoesNotContain("Missing", await Task.WhenAll(counts));
        Assert.Equal("21", await browser.TextAsync(On(second, "/count")));

        using DeviceBrowser thief = browser.Thief();
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("Missing", await thief.TextAsync(On(second, "/proof")));
    }

    private static string On(TestApp node, string path) => new Uri(node.Address, path).AbsoluteUri;

    private Task<TestApp> NodeAsync(TestCertificate certificate, FakeTimeProvider clock, IDataProtectionProvider keys) => TestApp.StartAsync(
        o =>
        {
            o.Driver = "redis";

            // For machines that have other things to do.
            o.StoreTimeout = TimeSpan.FromMinutes(1);
        },
        app =>
        {
            app.MapGet("/sign-in", (Session session) => session.AttachPrincipal("ada").Principal);
            app.MapGet("/proof", (Session session) => session.DeviceProof.ToString());
            app.MapGet("/count", (Session session) => session.DeviceProof == DeviceProof.Given ? session.Increment("n").ToString() : "Missing");
        },
        sessions => sessions.AddRedisDriver(server.Configuration).BindToDevice(o => o.OnUnboundRequest = UnboundRequestAction.Refuse),
        services: services =>
        {
            services.AddSingleton(keys);
            services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Server)));
        },
        clock: clock);
}
