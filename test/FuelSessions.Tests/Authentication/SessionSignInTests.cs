using System.Net;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Authentication;

/// <summary>What a sign-in is to the session [A1–A6], and a session to the sign-in.</summary>
public class SessionSignInTests
{
    private static readonly string Scheme = FuelSessionsAuthenticationDefaults.AuthenticationScheme;

    [Fact]
    public async Task It_is_no_variable_and_ends_with_the_session()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
        Assert.Equal("", await browser.TextAsync("/names"));
        await browser.GetAsync("/clear");
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
        await browser.GetAsync("/destroy");
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task What_the_visitor_did_before_stays()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/in");
        Assert.Equal("cart", await browser.TextAsync("/names"));
    }

    [Fact]
    public async Task R10_every_earlier_id_is_stale_with_each_sign_in_also_of_the_same_user()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser copy = app.NewBrowser();
        await browser.GetAsync("/in");
        Copy(browser, copy);
        await browser.GetAsync("/in");
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
        Assert.Equal("nobody ", await copy.TextAsync("/who"));
    }

    [Fact]
    public async Task A10_one_too_many_is_told_so_and_goes_on_as_it_was()
    {
        await using TestApp app = await StartAsync(sessions: o => (o.MaxSessionsPerPrincipal, o.OnTooManySessions) = (1, TooManySessionsAction.RefuseSignIn));
        using TestBrowser first = app.NewBrowser();
        using TestBrowser second = app.NewBrowser();
        await first.GetAsync("/in");
        await second.GetAsync("/set");
        Assert.Equal("1", await second.TextAsync("/in/if-possible"));
        Assert.Equal(HttpStatusCode.Forbidden, (await second.GetAsync("/in")).Status);
        Assert.Equal(["nobody ", "cart,tried"], [await second.TextAsync("/who"), await second.TextAsync("/names")]);
        Assert.Equal("ann id-ann", await first.TextAsync("/who"));

        // Who is signed in already may do so again.
        Assert.Equal("in", await first.TextAsync("/in/if-possible"));
        await first.GetAsync("/out");
        Assert.Equal("in", await second.TextAsync("/in/if-possible"));
        Assert.Equal(["ann id-ann", "cart,tried"], [await second.TextAsync("/who"), await second.TextAsync("/names")]);
    }

    [Theory]
    [InlineData("/attach/bob", "nobody bob")]
    [InlineData("/attach/", "nobody ")]
    [InlineData("/attach/id-ann", "ann id-ann")]
    public async Task A_session_that_is_given_to_somebody_else_has_no_ticket_any_more(string path, string expected)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync(path);
        Assert.Equal(expected, await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task A_sign_out_ends_the_session_or_keeps_what_is_in_it()
    {
        await using TestApp ending = await StartAsync();
        await using TestApp keeping = await StartAsync(o => o.SignOut = SignOutAction.KeepContent);
        foreach ((TestApp app, string left) in new[] { (ending, ""), (keeping, "cart") })
        {
            using TestBrowser browser = app.NewBrowser();
            using TestBrowser copy = app.NewBrowser();
            await browser.GetAsync("/set");
            await browser.GetAsync("/in");
            Copy(browser, copy);
            await browser.GetAsync("/out");
            Assert.Equal("nobody ", await browser.TextAsync("/who"));
            Assert.Equal(left, await browser.TextAsync("/names"));
            Assert.Equal("nobody ", await copy.TextAsync("/who"));
            Assert.Equal("", await copy.TextAsync("/names"));
        }
    }

    [Fact]
    public async Task A_sign_out_of_nobody_leaves_the_session_alone()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/out");
        Assert.Equal("cart", await browser.TextAsync("/names"));
    }

    /// <summary>It ends at the server, for which no header is needed; what is kept would need a new id.</summary>
    [Fact]
    public async Task A_sign_out_that_ends_the_session_is_possible_once_the_answer_has_begun()
    {
        await using TestApp app = await StartAsync(), keeping = await StartAsync(o => o.SignOut = SignOutAction.KeepContent);
        using TestBrowser browser = app.NewBrowser(), kept = keeping.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/in");
        Assert.Equal("begun, out", await browser.TextAsync("/out/late"));
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        Assert.Equal("", await browser.TextAsync("/names"));

        await kept.GetAsync("/in");
        await Assert.ThrowsAsync<HttpRequestException>(() => kept.TextAsync("/out/late"));
        Assert.Equal("ann id-ann", await kept.TextAsync("/who"));
    }

    [Fact]
    public async Task The_end_of_a_sign_in_is_a_sign_out()
    {
        await using TestApp ending = await StartAsync(o => o.ExpireTimeSpan = TimeSpan.FromMinutes(10));
        await using TestApp keeping = await StartAsync(o => (o.ExpireTimeSpan, o.SignOut) = (TimeSpan.FromMinutes(10), SignOutAction.KeepContent));
        foreach ((TestApp app, string left) in new[] { (ending, ""), (keeping, "cart") })
        {
            using TestBrowser browser = app.NewBrowser();
            await browser.GetAsync("/set");
            await browser.GetAsync("/in");
            app.Clock.Advance(TimeSpan.FromMinutes(11));

            // Also for who looks at the session alone, and in a request that does not.
            await browser.GetAsync("/unused");
            Assert.Equal("nobody ", await browser.TextAsync("/who"));
            Assert.Equal(left, await browser.TextAsync("/names"));
        }
    }

    [Fact]
    public async Task What_a_request_does_after_the_end_of_its_sign_in_is_kept_in_a_new_session()
    {
        await using TestApp app = await StartAsync(o => o.ExpireTimeSpan = TimeSpan.FromMinutes(10));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync("/secret");
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await browser.GetAsync("/set");
        Assert.Equal("cart", await browser.TextAsync("/names"));
    }

    [Fact]
    public async Task A_request_that_asks_who_it_is_is_no_use_of_the_session()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync("/flash");
        Assert.Equal("ann", await browser.TextAsync("/mail"));
        Assert.Equal("ann", await browser.TextAsync("/mail"));
        Assert.Equal("hello", await browser.TextAsync("/flashed"));
    }

    [Fact]
    public async Task It_keeps_the_session_alive()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        for (int hour = 0; hour < 5; hour++)
        {
            app.Clock.Advance(TimeSpan.FromHours(1.5));
            Assert.Equal("ann", await browser.TextAsync("/mail"));
        }

        app.Clock.Advance(TimeSpan.FromHours(2.5));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/mail")).Status);
    }

    [Theory]
    [InlineData("/in", null)]
    [InlineData("/in?keep=true", "max-age=")]
    public async Task A_kept_sign_in_keeps_the_cookie_also_of_each_later_id(string path, string? age)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        List<TestResponse> sent = [await browser.GetAsync(path)];
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.GetAsync("/names");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        sent.Add(await browser.GetAsync("/names"));
        Assert.All(sent, response => Assert.Equal(age is not null, Assert.Single(response.SetCookies).Contains("max-age=", StringComparison.OrdinalIgnoreCase)));

        await browser.GetAsync("/out");
        Assert.DoesNotContain("max-age", Assert.Single((await browser.GetAsync("/set")).SetCookies), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookies_that_are_kept_by_the_settings_are_not_for_a_passing_sign_in()
    {
        await using TestApp app = await StartAsync(sessions: o => o.ExpireOnClose = false);
        using TestBrowser browser = app.NewBrowser();
        Assert.Contains("max-age", (await browser.GetAsync("/set")).SetCookies[0], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("max-age", (await browser.GetAsync("/in")).SetCookies[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_old_long_sign_in_leaves_no_long_session_behind()
    {
        await using TestApp app = await StartAsync(o => o.SignOut = SignOutAction.KeepContent);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/in?keep=true");
        await browser.GetAsync("/out");
        app.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("", await browser.TextAsync("/names"));

        await browser.GetAsync("/in?keep=true");
        await browser.GetAsync("/in");
        app.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
    }

    [Theory]
    [InlineData("/attach")]
    [InlineData("/attach/bob")]
    public async Task Nor_does_one_that_ends_as_the_session_is_given_to_another(string path)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/in?keep=true");
        await browser.GetAsync(path);
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("cart", await browser.TextAsync("/names"));
        app.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal("", await browser.TextAsync("/names"));
    }

    /// <summary>It is the session's own time that would be too short, not that of the settings.</summary>
    [Fact]
    public async Task A_sign_in_with_an_end_of_its_own_outlives_what_the_session_was_given_before()
    {
        await using TestApp app = await StartAsync(o => o.ExpireTimeSpan = TimeSpan.FromHours(1));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/brief");
        await browser.GetAsync("/in?keep=true");
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
    }

    /// <summary>As ASP.NET Core Identity does it after a change of password.</summary>
    [Theory]
    [InlineData("/in", "nobody ")]
    [InlineData("/in?keep=true", "ann id-ann")]
    public async Task A_sign_in_that_is_made_anew_with_its_properties_lasts_as_long_as_it_did(string path, string later)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync(path);
        app.Clock.Advance(TimeSpan.FromHours(1));
        await browser.GetAsync("/again");
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(later, await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task An_endpoint_that_only_reads_authenticates_and_does_not_sign_in()
    {
        await using TestApp app = await StartAsync(o =>
        {
            o.ExpireTimeSpan = TimeSpan.FromMinutes(10);
            o.Events.OnValidatePrincipal = context =>
            {
                context.ShouldRenew = true;
                return Task.CompletedTask;
            };
        });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        Assert.Equal("ann id-ann", await browser.TextAsync("/look"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/look?in=true")).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("nobody id-ann", await browser.TextAsync("/look"));
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task An_endpoint_without_sessions_knows_nobody()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        Assert.Equal("nobody", await browser.TextAsync("/without"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/without?in=true")).Status);
        Assert.Contains(app.Logs.Lines, line => line.Text.Contains("WithoutSession", StringComparison.Ordinal) || line.Error?.Message.Contains("WithoutSession", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task An_endpoint_that_opted_out_and_asks_who_comes_is_told_of()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync("/without");
        Assert.DoesNotContain(app.Logs.Lines, line => line.Id == 135);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/guarded-without")).Status);
        await browser.GetAsync("/guarded-without");
        Assert.Contains("/guarded-without", Assert.Single(app.Logs.Lines, line => line.Id == 135).Text, StringComparison.Ordinal);
    }

    // As where an app does not call UseAuthentication itself: it then comes first.
    [Fact]
    public async Task Authentication_may_come_before_the_sessions()
    {
        await using TestApp app = await StartAsync(before: web =>
        {
            web.UseAuthentication();
            web.UseAuthorization();
        });
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/mail")).Status);
        await browser.GetAsync("/set");
        await browser.GetAsync("/in");
        Assert.Equal("ann", await browser.TextAsync("/mail"));
        Assert.Equal("cart", await browser.TextAsync("/names"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.TextAsync("/mail");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.TextAsync("/mail");
        Assert.Equal("ann", await browser.TextAsync("/mail"));
    }

    [Fact]
    public async Task The_session_of_another_driver_may_be_meant()
    {
        await using TestApp app = await StartAsync(o => o.Driver = "cookie");
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        await browser.GetAsync("/in");
        Assert.Equal(2, browser.Jar.Count);
        Assert.Equal("ann ", await browser.TextAsync("/who"));
        await browser.GetAsync("/out");
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        Assert.Equal("cart", await browser.TextAsync("/names"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scheme_of_Identity_is_taken_over_with_what_is_configured_for_it(bool first)
    {
        var validator = new CountingValidator();
        await using TestApp app = await TestApp.StartAsync(
            map: web =>
            {
                web.UseAuthentication();
                web.UseAuthorization();
                web.MapGet("/in", (HttpContext http) => http.SignInAsync(IdentityConstants.ApplicationScheme, Principals.Named("ann")));
                web.MapGet("/mail", () => "mail").RequireAuthorization();
            },
            services: services =>
            {
                AuthenticationBuilder authentication = services.AddAuthentication(IdentityConstants.ApplicationScheme);
                if (first)
                {
                    authentication.AddFuelSessions(IdentityConstants.ApplicationScheme);
                }

                authentication.AddIdentityCookies();
                services.AddAuthorization();
                services.AddSingleton<ISecurityStampValidator>(validator);
                services.ConfigureApplicationCookie(o => o.LoginPath = "/door");
                if (!first)
                {
                    authentication.AddFuelSessions(IdentityConstants.ApplicationScheme, o => o.AccessDeniedPath = "/sorry");
                }
            });
        FuelSessionsAuthenticationOptions options = app.Services.GetRequiredService<IOptionsMonitor<FuelSessionsAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        Assert.Equal(first ? "/Account/AccessDenied" : "/sorry", options.AccessDeniedPath.Value);
        using TestBrowser browser = app.NewBrowser();
        TestResponse challenge = await browser.GetAsync("/mail");
        Assert.EndsWith("/door?ReturnUrl=%2Fmail", challenge.Headers["Location"], StringComparison.Ordinal);
        await browser.GetAsync("/in");
        Assert.Equal("xid", Assert.Single(browser.Jar).Key);
        Assert.Equal("mail", await browser.TextAsync("/mail"));
        Assert.Equal(1, validator.Count);
    }

    public static TheoryData<Action<IServiceCollection>, string> Mistakes => new()
    {
        { services => services.AddAuthentication().AddFuelSessions(o => o.Driver = "rediss"), "'rediss'" },
        { services => services.AddAuthentication().AddFuelSessions().AddFuelSessions("Second"), "'FuelSessions' and 'Second'" },
        { services => services.AddAuthentication().AddFuelSessions(o => o.ExpireTimeSpan = TimeSpan.Zero), "ExpireTimeSpan" },
        { services => services.AddAuthentication().AddFuelSessions(o => o.SignOut = (SignOutAction)7), "EndSession, KeepContent" },
        { services => services.AddAuthentication().AddFuelSessions(o => o.PrincipalName = null!), "PrincipalName" },
        { services => services.AddAuthentication().AddFuelSessions(o => o.SessionStore = new NoTickets()), "SessionStore" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public async Task What_can_t_work_stops_the_app_at_its_start(Action<IServiceCollection> configure, string said)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(services: configure));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_store_can_keep_is_refused()
    {
        await using TestApp app = await StartAsync(o => o.PrincipalName = _ => new string('x', 257));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/in")).Status);
        Assert.Empty(browser.Jar);
    }

    [Fact]
    public async Task A_store_that_is_away_makes_nobody_a_stranger()
    {
        FaultyDriver? driver = null;
        await using TestApp app = await StartAsync(drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new FaultyDriver(inner)));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        (driver!.FailAt, driver.StaysDown) = (driver.Calls + 1, true);
        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/mail")).Status);
        driver.FailAt = 0;
        Assert.Equal("ann", await browser.TextAsync("/mail"));
    }

    [Fact]
    public async Task W8_a_signed_in_request_asks_the_store_once()
    {
        FaultyDriver? driver = null;
        await using TestApp app = await StartAsync(drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new FaultyDriver(inner)));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync("/names");
        foreach ((string path, int calls) in new[] { ("/mail", 1), ("/unused", 1), ("/names", 1), ("/who", 1), ("/set", 2), ("/out", 2) })
        {
            int before = driver!.Calls;
            await browser.GetAsync(path);
            Assert.Equal((path, calls), (path, driver.Calls - before));
        }
    }

    [Fact]
    public async Task Two_who_renew_the_same_ticket_at_once_disturb_nobody()
    {
        var gate = new Barrier(2);
        bool meets = false;
        await using TestApp app = await StartAsync(o => o.Events.OnValidatePrincipal = context =>
        {
            if (Volatile.Read(ref meets))
            {
                gate.SignalAndWait(TimeSpan.FromMinutes(1));
                context.ShouldRenew = true;
            }

            return Task.CompletedTask;
        });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        Volatile.Write(ref meets, true);
        TestResponse[] both = await Task.WhenAll(browser.GetAsync("/count"), browser.GetAsync("/count"));
        Volatile.Write(ref meets, false);
        Assert.All(both, response => Assert.Equal(HttpStatusCode.OK, response.Status));
        Assert.Equal("ann id-ann", await browser.TextAsync("/who"));
        Assert.Equal("3", await browser.TextAsync("/count"));
    }

    private static void Copy(TestBrowser from, TestBrowser to)
    {
        foreach ((string name, string value) in from.Jar)
        {
            to.Jar[name] = value;
        }
    }

    private static Task<TestApp> StartAsync(
        Action<FuelSessionsAuthenticationOptions>? configure = null,
        Action<FuelSessionsOptions>? sessions = null,
        Action<FuelSessionsBuilder>? drivers = null,
        Action<WebApplication>? before = null) => TestApp.StartAsync(
        sessions,
        app =>
        {
            if (before is null)
            {
                app.UseAuthentication();
                app.UseAuthorization();
            }

            app.MapGet("/in", (HttpContext http, bool? keep) => http.SignInAsync(Principals.Named("ann"), new AuthenticationProperties { IsPersistent = keep ?? false }));
            app.MapGet("/again", async (HttpContext http) => await http.SignInAsync(http.User, (await http.AuthenticateAsync()).Properties));
            app.MapGet("/in/if-possible", async (HttpContext http, Session s) =>
            {
                s.Set("tried", 1);
                try
                {
                    await http.SignInAsync(Principals.Named("ann"));
                    return "in";
                }
                catch (SignInRefusedException refused)
                {
                    return $"{refused.Limit}";
                }
            });
            app.MapGet("/out", (HttpContext http) => http.SignOutAsync());
            app.MapGet("/out/late", async (HttpContext http) =>
            {
                await http.Response.WriteAsync("begun, ");
                await http.Response.Body.FlushAsync();
                await http.SignOutAsync(new AuthenticationProperties { RedirectUri = "/" });
                await http.Response.WriteAsync("out");
            });
            app.MapGet("/who", (HttpContext http, Session s) => $"{http.User.Identity?.Name ?? "nobody"} {s.Principal}");
            app.MapGet("/mail", (HttpContext http) => http.User.Identity?.Name).RequireAuthorization();
            app.MapGet("/unused", () => "");
            app.MapGet("/set", (Session s) => { s.Set("cart", 1); });
            app.MapGet("/brief", (Session s) => { s.Set("cart", 1).SetConfig(nameof(FuelSessionsOptions.ExpirationTime), TimeSpan.FromMinutes(5)); });
            app.MapGet("/secret", (Session s) => { s.Set("secret", 1); });
            app.MapGet("/count", (Session s) => s.Increment("count"));
            app.MapGet("/names", (Session s) => string.Join(",", s.All().Keys));
            app.MapGet("/clear", (Session s) => { s.Clear(); });
            app.MapGet("/destroy", (Session s) => { s.Destroy(); });
            app.MapGet("/attach/{name?}", (Session s, string? name) => { s.AttachPrincipal(name); });
            app.MapGet("/flash", (Session s) => { s.SetFlash("flash", "hello"); });
            app.MapGet("/flashed", (Session s) => s.GetFlash("flash", "none"));
            app.MapGet("/look", async (HttpContext http, Session s, bool? @in) =>
            {
                if (@in == true)
                {
                    await http.SignInAsync(Principals.Named("eve"));
                }

                return $"{http.User.Identity?.Name ?? "nobody"} {s.Principal}";
            }).WithReadOnlySession();
            app.MapGet("/guarded-without", () => "").RequireAuthorization().WithoutSession();
            app.MapGet("/without", async (HttpContext http, bool? @in) =>
            {
                if (@in == true)
                {
                    await http.SignInAsync(Principals.Named("eve"));
                }

                return http.User.Identity?.Name ?? "nobody";
            }).WithoutSession();
        },
        drivers,
        before,
        services: services =>
        {
            services.AddAuthentication().AddFuelSessions(Scheme, configure);
            services.AddAuthorization();
        });

    private sealed class CountingValidator : ISecurityStampValidator
    {
        internal int Count { get; private set; }

        public Task ValidateAsync(CookieValidatePrincipalContext context)
        {
            Count++;
            return Task.CompletedTask;
        }
    }

    private sealed class NoTickets : ITicketStore
    {
        public Task RemoveAsync(string key) => Task.CompletedTask;

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult<AuthenticationTicket?>(null);

        public Task<string> StoreAsync(AuthenticationTicket ticket) => Task.FromResult("");
    }
}
