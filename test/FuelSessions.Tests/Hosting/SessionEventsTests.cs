using System.Net;
using System.Security.Claims;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>What an app is told of its sessions, by a class of its own.</summary>
public sealed class SessionEventsTests
{
    private readonly EventRecorder _told = new();

    [Theory]
    [InlineData("memory")]
    [InlineData("cookie")]
    public async Task A_session_s_life_is_told_from_its_beginning_to_its_end(string driver)
    {
        await using TestApp app = await StartAsync(o => o.Driver = driver);
        using TestBrowser browser = app.NewBrowser();
        string fingerprint = await browser.TextAsync("/set");
        await browser.GetAsync("/get");
        await browser.GetAsync("/attach?user=ann");
        await browser.GetAsync("/attach?user=ann");
        await browser.GetAsync("/attach?user=bob");
        await browser.GetAsync("/rotate");
        await browser.GetAsync("/attach");
        await browser.GetAsync("/destroy");
        Assert.Equal(
            ["Began", "Rotated ann", "SignedIn ann", "Rotated bob", "SignedOut ann", "SignedIn bob", "Rotated bob", "Rotated", "SignedOut bob", "Ended Destroyed"],
            Words());
        Assert.All(_told.All, happened => Assert.Equal((fingerprint, driver), (happened.Fingerprint, happened.Driver)));
    }

    [Fact]
    public async Task A_scheme_s_sign_in_is_told_each_time_and_its_sign_out_as_sign_out_and_end()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/sign-in");
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.GetAsync("/sign-in");
        await browser.GetAsync("/sign-out");
        Assert.Equal(["Began ann", "SignedIn ann", "Rotated ann", "SignedIn ann", "SignedOut ann", "Ended ann Destroyed by ann"], Words());
    }

    [Fact]
    public async Task An_end_from_elsewhere_names_who_did_it()
    {
        await using TestApp app = await StartAsync(o => o.MaxSessionsPerPrincipal = 2);
        using TestBrowser user = app.NewBrowser();
        using TestBrowser admin = app.NewBrowser();
        await user.GetAsync("/attach?user=ann");
        await admin.GetAsync("/attach?user=admin");
        int before = _told.All.Count;
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/end-all?user=ann")).Status);
        Assert.Equal(["Ended ann Elsewhere by admin"], Words()[before..]);

        // A job has no session: nobody did it. Told before the call returns.
        await user.GetAsync("/attach?user=ann");
        before = _told.All.Count;
        Assert.Equal(1, await app.Services.GetRequiredService<ISessionRegistry>().EndAllAsync("ann"));
        Assert.Equal(["Ended ann Elsewhere"], Words()[before..]);

        for (int i = 0; i < 4; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            using TestBrowser another = app.NewBrowser();
            await another.GetAsync("/attach?user=eve");
        }

        Assert.Equal(["Ended eve TooMany by eve", "Ended eve TooMany by eve"], Words().Where(word => word.Contains("TooMany", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_end_by_time_is_told_once_when_it_is_met()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/sign-in");
        int before = _told.All.Count;
        app.Clock.Advance(TimeSpan.FromDays(2));
        await browser.GetAsync("/unused");
        await browser.GetAsync("/get");
        Assert.Equal(["Ended Expired"], Words()[before..]);
    }

    [Fact]
    public async Task A_sign_in_s_own_end_is_told_once_with_whose_it_was()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/sign-in?minutes=5");
        int before = _told.All.Count;
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.GetAsync("/who");
        Assert.Equal(["Ended ann Expired"], Words()[before..]);
    }

    [Fact]
    public async Task A_theft_that_ends_the_session_is_told_as_that()
    {
        await using TestApp app = await StartAsync(o => (o.OnStaleId, o.RotationTime) = (StaleIdAction.Destroy, null));
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser thief = app.NewBrowser();
        await browser.GetAsync("/set");
        (string cookie, string id) = browser.Jar.Single();
        thief.Jar[cookie] = id;
        await browser.GetAsync("/attach?user=ann");
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        await browser.GetAsync("/get");
        int before = _told.All.Count;
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        await thief.GetAsync("/get");
        Assert.Equal(["StaleId ann", "Ended ann StaleId"], Words()[before..]);
    }

    [Fact]
    public async Task A_store_that_fails_is_told_with_its_error_whether_it_is_read_or_written()
    {
        await using TestApp app = await StartAsync(drivers: sessions => sessions.DecorateDriver("memory", (driver, _) => new FaultyDriver(driver) { FailAt = 3, StaysDown = true }));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        int before = _told.All.Count;

        // The third call writes, the fourth one reads.
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/set?what=else")).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/get")).Status);
        Assert.Equal(["StoreFailure", "StoreFailure"], Words()[before..]);
        Assert.All(_told.All.Skip(before), happened => Assert.IsType<SessionStoreException>(happened.Error));
    }

    [Fact]
    public async Task What_fails_in_front_of_the_middleware_is_told_when_the_request_ends()
    {
        var told = new TaskCompletionSource<SessionEvent>();

        // Without UseAuthentication the host puts it before all else.
        await using TestApp app = await TestApp.StartAsync(
            map: Map,
            drivers: sessions => sessions.DecorateDriver("memory", (driver, _) => new FaultyDriver(driver) { FailAt = 2 }),
            services: services =>
            {
                services.AddSingleton<SessionEvents>(new Signalling(told));
                services.AddAuthentication().AddFuelSessions();
            });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/unused")).Status);
        Assert.IsType<SessionStoreException>((await told.Task.WaitAsync(TimeSpan.FromMinutes(1))).Error);
    }

    [Fact]
    public async Task It_is_waited_for_before_the_answer_goes_out_and_served_by_the_request()
    {
        var gate = new TaskCompletionSource();
        var held = new TaskCompletionSource<bool>();
        await using TestApp app = await StartAsync(services: services => services
            .AddScoped<Scoped>()
            .AddScoped<SessionEvents>(request => new Waiting(request.GetRequiredService<Scoped>(), held, gate.Task)));
        using TestBrowser browser = app.NewBrowser();
        Task<TestResponse> answer = browser.GetAsync("/scoped");
        Assert.True(await held.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.False(answer.IsCompleted);
        gate.SetResult();
        Assert.Equal("set", (await answer).Body);
    }

    [Fact]
    public async Task An_exception_breaks_no_session_reaches_nobody_and_is_logged()
    {
        await using TestApp app = await StartAsync(services: services => services.AddSingleton<SessionEvents, Throwing>().AddSingleton<SessionEvents, AlsoThrowing>());
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/attach?user=ann")).Status);
        Assert.Equal("ann", await browser.TextAsync("/who-by-session"));

        // Each that fails, and those behind it are told all the same.
        Assert.Equal(["Began ann", "SignedIn ann"], Words());
        LogRecorder.LogLine[] failures = [.. app.Logs.Lines.Where(line => line.Id == 116)];
        Assert.Equal(4, failures.Length);
        Assert.All(failures, line => Assert.DoesNotContain("ann", line.Text, StringComparison.Ordinal));
        Assert.Equal(2, failures.Count(line => line.Text.Contains(nameof(AlsoThrowing), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_that_can_t_be_made_breaks_nothing_and_is_logged_each_time()
    {
        await using TestApp app = await StartAsync(services: services => services.AddScoped<SessionEvents>(_ => throw new InvalidOperationException("not made")));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/attach?user=ann")).Status);
        Assert.Equal("ann", await browser.TextAsync("/who-by-session"));
        Assert.Equal(2, app.Logs.Lines.Count(line => line.Id == 116));
    }

    [Fact]
    public async Task Of_many_who_end_it_at_once_one_is_told()
    {
        var meeting = new Meeting(8);
        await using TestApp app = await StartAsync(services: services => services.AddSingleton(meeting));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/sign-in");
        int before = _told.All.Count;
        await Task.WhenAll(Enumerable.Range(0, meeting.Size).Select(async _ =>
        {
            using TestBrowser copy = app.NewBrowser();
            (string name, string value) = browser.Jar.Single();
            copy.Jar[name] = value;
            await copy.GetAsync("/sign-out-together");
        }));
        Assert.Equal(["SignedOut ann", "Ended ann Destroyed by ann"], Words()[before..]);
    }

    [Fact]
    public async Task What_a_listener_does_is_told_to_all_after_what_it_was_told()
    {
        var second = new EventRecorder();
        await using TestApp app = await StartAsync(services: services => services.AddScoped<SessionEvents, Rotating>().AddSingleton<SessionEvents>(second));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/attach?user=ann");
        Assert.Equal(["Began ann", "SignedIn ann", "Rotated ann"], Words());
        Assert.Equal(_told.All, second.All);
        Assert.Equal("ann", await browser.TextAsync("/who-by-session"));
    }

    [Fact]
    public async Task What_a_request_has_left_running_is_told_as_well()
    {
        var gate = new TaskCompletionSource();
        var left = new LeftRunning();
        await using TestApp app = await StartAsync(
            services: services => services.AddSingleton(left),
            drivers: sessions => sessions.DecorateDriver("memory", (driver, _) => new HeldDeletions(driver, gate.Task)));
        using TestBrowser user = app.NewBrowser();
        using TestBrowser admin = app.NewBrowser();
        await user.GetAsync("/attach?user=ann");
        int before = _told.All.Count;
        await admin.GetAsync("/end-all-later?user=ann");
        await left.RequestIsOver.Task.WaitAsync(TimeSpan.FromMinutes(1));
        gate.SetResult();
        Assert.Equal(1, await left.Work!.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(["Ended ann Elsewhere"], Words()[before..]);
    }

    [Fact]
    public async Task Who_is_told_may_end_sessions_and_change_this_one()
    {
        await using TestApp app = await StartAsync(services: services => services.AddHttpContextAccessor().AddScoped<SessionEvents, Acting>());
        using TestBrowser first = app.NewBrowser();
        using TestBrowser second = app.NewBrowser();
        await first.GetAsync("/attach?user=ann");
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await second.GetAsync("/attach?user=ann");
        Assert.Equal("", await first.TextAsync("/who-by-session"));
        Assert.Equal("ann", await second.TextAsync("/who-by-session"));
        Assert.Equal("noted", await second.TextAsync("/get"));
        Assert.Contains("Ended ann Elsewhere by ann", Words());
    }

    [Fact]
    public async Task What_a_request_saves_itself_is_told_then()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/save"));
        Assert.Equal(["Began"], Words());
    }

    [Fact]
    public async Task Nothing_is_collected_for_nobody()
    {
        await using TestApp app = await TestApp.StartAsync(map: Map);
        Assert.False(app.Services.GetRequiredService<EventDelivery>().IsWanted);
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("True", await browser.TextAsync("/collects-nothing"));
    }

    private string[] Words() => [.. _told.All.Select(happened =>
        string.Join(' ', new[] { happened.Kind.ToString(), happened.Principal, happened.Ending?.ToString(), happened.By is { } by ? $"by {by}" : null }.OfType<string>()))];

    private Task<TestApp> StartAsync(Action<FuelSessionsOptions>? configure = null, Action<IServiceCollection>? services = null, Action<FuelSessionsBuilder>? drivers = null) => TestApp.StartAsync(
        configure,
        app =>
        {
            app.UseAuthentication();
            Map(app);
        },
        drivers,
        services: added =>
        {
            services?.Invoke(added);
            added.AddSingleton<SessionEvents>(_told);
            added.AddAuthentication().AddFuelSessions();
        });

    private static void Map(WebApplication app)
    {
        app.MapGet("/unused", () => "");
        app.MapGet("/get", (Session s) => s.Get("what", ""));
        app.MapGet("/set", (Session s, string? what) => s.Set("what", what ?? "content").Fingerprint);
        app.MapGet("/rotate", (Session s) => { s.Rotate(); });
        app.MapGet("/destroy", (Session s) => { s.Destroy(); });
        app.MapGet("/attach", (Session s, string? user) => { s.AttachPrincipal(user); });
        app.MapGet("/who-by-session", (Session s) => s.Principal ?? "");
        app.MapGet("/sign-in", (HttpContext http, int? minutes) => http.SignInAsync(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ann")], "test")),
            new AuthenticationProperties { ExpiresUtc = minutes is { } left ? http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().AddMinutes(left) : null }));
        app.MapGet("/sign-out", (HttpContext http) => http.SignOutAsync());
        app.MapGet("/who", async (HttpContext http) => (await http.AuthenticateAsync()).Succeeded.ToString());
        app.MapGet("/end-all", (ISessionRegistry registry, string user) => registry.EndAllAsync(user));
        app.MapGet("/sign-out-together", async (HttpContext http, Session s) =>
        {
            Assert.Equal("ann", s.Principal);
            await http.RequestServices.GetRequiredService<Meeting>().ArriveAsync();
            await http.SignOutAsync();
        });
        app.MapGet("/end-all-later", (HttpContext http, ISessionRegistry registry, string user) =>
        {
            LeftRunning left = http.RequestServices.GetRequiredService<LeftRunning>();
            http.Response.OnCompleted(() =>
            {
                left.RequestIsOver.SetResult();
                return Task.CompletedTask;
            });
            left.Work = registry.EndAllAsync(user);
        });
        app.MapGet("/scoped", (HttpContext http, Session s) =>
        {
            s.Set("what", 1);
            http.RequestServices.GetRequiredService<Scoped>().IsOfRequest = true;
            return "set";
        });
        app.MapGet("/save", async (Session s) =>
        {
            await s.Set("what", 1).SaveAsync();
            return AmbientSessions.Find()!.Events is { IsEmpty: true } ? "1" : "0";
        });
        app.MapGet("/collects-nothing", (Session s) =>
        {
            s.Set("what", 1);
            return (AmbientSessions.Find()!.Events is null).ToString();
        });
    }

    private sealed class Scoped
    {
        internal bool IsOfRequest { get; set; }
    }

    private sealed class Waiting(Scoped scoped, TaskCompletionSource<bool> told, Task gate) : SessionEvents
    {
        public override Task BeganAsync(SessionEvent happened)
        {
            told.SetResult(scoped.IsOfRequest);
            return gate;
        }
    }

    private sealed class Meeting(int size)
    {
        private readonly TaskCompletionSource _all = new();
        private int _here;

        internal int Size => size;

        internal Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _here) == size)
            {
                _all.SetResult();
            }

            return _all.Task;
        }
    }

    private sealed class LeftRunning
    {
        internal TaskCompletionSource RequestIsOver { get; } = new();

        internal Task<int>? Work { get; set; }
    }

    private sealed class HeldDeletions(ISessionDriver inner, Task gate) : DelegatingSessionDriver(inner)
    {
        public override async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
        {
            await gate;
            return await Inner.DeleteAsync(key, version, cancellationToken);
        }
    }

    private sealed class Rotating : SessionEvents
    {
        public override Task SignedInAsync(SessionEvent happened) => Session.Current.Rotate().SaveAsync();
    }

    private sealed class Signalling(TaskCompletionSource<SessionEvent> told) : SessionEvents
    {
        public override Task StoreFailedAsync(SessionEvent happened)
        {
            told.TrySetResult(happened);
            return Task.CompletedTask;
        }
    }

    private sealed class Throwing : SessionEvents
    {
        public override Task HappenedAsync(SessionEvent happened) => throw new InvalidOperationException("at once");
    }

    private sealed class AlsoThrowing : SessionEvents
    {
        public override async Task HappenedAsync(SessionEvent happened)
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        }
    }

    private sealed class Acting(ISessionRegistry registry, IHttpContextAccessor requests) : SessionEvents
    {
        public override async Task SignedInAsync(SessionEvent happened)
        {
            await registry.EndAllAsync(happened.Principal!, exceptCurrent: true);
            requests.HttpContext!.RequestServices.GetRequiredService<Session>().Set("what", "noted");
        }
    }
}
