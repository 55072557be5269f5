using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Fuel;

/// <summary>What one writes without a look at the documentation compiles, and does what it says.</summary>
public class ErgonomicsTests
{
    [Fact]
    public async Task CallsResolveToTheOverloadThatIsMeant()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            s.Set("a", 1).Set("b", 2).SetFlash("m", "x").Delete("b").Set("c", 3).Rotate().KeepFlash().Set("d", null).SetFlash("n", null);
            Assert.Null(s.Get<string>("x", null));
            Assert.Null(s.Get<string>("x", (string?)null));
            Assert.Equal(5, s.Get("x", () => 5));
            Assert.Equal(5, s.Get("x", Five));
            Assert.Equal(5, s.Get("x", 5));
            Assert.Equal("y", s.Get("x", "y"));
            Assert.Equal(1L, s.Get<object>("a"));
            Assert.Null(s.Get("x", default(string)));
            Assert.Null(s.Get<List<int>>("x"));
            Assert.True(s.Has("d"));
            int count = s.Get<int>("a");
            string name = s.Get("x", "anonymous") ?? "";
            Assert.Equal((1, "anonymous"), (count, name));
            Assert.Equal("x", s.GetFlash<string>("m", expire: false));
            Assert.Equal("x", s.GetFlash<string>("m", null, false));
            Assert.Equal("x", s.GetFlash("m", "default", expire: false));
            Assert.Equal("y", s.GetFlash("missing", () => "y"));
            Assert.Null(s.GetFlash<string>("missing", null));
            Assert.Equal(2, s.GetFlash(false).Count);
            Assert.Equal("x", s.GetFlash<string>("m", expire: true));
            object boxed = new List<int> { 1 };
            Assert.Equal([1], s.Set("boxed", boxed).Get<List<int>>("boxed")!);
            Assert.Equal(1, s.Get(new[] { "a" })["a"] is long one ? one : 0);
        });

        static int Five() => 5;
    }

    [Fact]
    public async Task AMinimalApiTakesTheSessionAndReturnsItsVariables()
    {
        await using TestApp app = await TestApp.StartAsync(o => o.Driver = "memory", a =>
        {
            a.MapGet("/set", (Session session, int n) => { session.Set("user.name", "Ada").Set("n", n).Set("list", new[] { 1.5 }); });
            a.MapGet("/all", (Session session) => session.All());
            a.MapGet("/count", (Session session) => session.Increment("n"));
            a.MapGet("/store", (ISessionStore sessions) => sessions.Current.Get<string>("user.name"));
            a.MapGet("/async", async (ISessionStore sessions) => (await sessions.ForgeAsync("memory")).Get<int>("n"));
            a.MapGet("/flash", (Session session) => session.SetFlash("m", "x").GetFlash());
        });
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/set?n=7")).Status);
        Assert.Equal("""{"user":{"name":"Ada"},"n":7,"list":[1.5]}""", await browser.TextAsync("/all"));
        Assert.Equal("8", await browser.TextAsync("/count"));
        Assert.Equal("Ada", await browser.TextAsync("/store"));
        Assert.Equal("8", await browser.TextAsync("/async"));
        Assert.Equal("""{"m":"x"}""", await browser.TextAsync("/flash"));
    }

    [Fact]
    public async Task ControllersGetTheirSessionByConstructorOrAction()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapControllers(),
            services: services => services.AddControllers().ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new Only())));
        using TestBrowser browser = app.NewBrowser();
        foreach (string path in new[] { "/cart/add/7", "/cart/plain/8", "/api/cart/9" })
        {
            TestResponse response = await browser.GetAsync(path);
            Assert.True(response.Status == HttpStatusCode.OK, path + string.Join('\n', app.Logs.Lines.Select(line => line.Error).OfType<Exception>()));
        }

        Assert.Equal("[7,8,9]", await browser.TextAsync("/cart/items"));
    }

    [Fact]
    public async Task AControllerThatOnlyTakesTheStoreDoesNotUseTheSession()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapControllers(),
            services: services => services.AddControllers().ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new Only())));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/cart/flash");
        await browser.GetAsync("/cart/nothing");
        await browser.GetAsync("/cart/nothing");
        Assert.Equal("saved", await browser.TextAsync("/cart/message"));
    }

    [Fact]
    public async Task TheSessionCanBeInjectedAndIsTheSameEverywhere()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/", (Session session, ISessionStore sessions, Basket basket) =>
                ReferenceEquals(session, sessions.Current) && ReferenceEquals(session, basket.Session) && ReferenceEquals(session, Session.Current)),
            services: services => services.AddScoped<Basket>());
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("true", await browser.TextAsync("/"));
    }

    public sealed class Basket(Session session)
    {
        public Session Session => session;
    }

    [Route("cart")]
    public sealed class CartController(ISessionStore sessions) : Controller
    {
        [HttpGet("add/{id}")]
        public void Add(int id) => sessions.Current.Update("cart.items", (List<int>? items) => [.. items ?? [], id]);

        [HttpGet("plain/{id}")]
        public void Plain(int id, Session session) => session.Update("cart.items", (List<int>? items) => [.. items ?? [], id]);

        [HttpGet("items")]
        public IEnumerable<int>? Items() => sessions.Current.Get<List<int>>("cart.items");

        [HttpGet("flash")]
        public void Flash() => sessions.Current.SetFlash("m", "saved");

        [HttpGet("message")]
        public string? Message() => sessions.Current.GetFlash<string>("m");

        [HttpGet("nothing")]
        public void Nothing()
        {
        }
    }

    [ApiController, Route("api/cart")]
    public sealed class CartApiController : ControllerBase
    {
        [HttpGet("{id}")]
        public void Add(int id, Session session) => session.Update("cart.items", (List<int>? items) => [.. items ?? [], id]);
    }

    // Nested classes are no controllers by themselves.
    private sealed class Only : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature)
        {
            feature.Controllers.Clear();
            feature.Controllers.Add(System.Reflection.IntrospectionExtensions.GetTypeInfo(typeof(CartController)));
            feature.Controllers.Add(System.Reflection.IntrospectionExtensions.GetTypeInfo(typeof(CartApiController)));
        }
    }
}
