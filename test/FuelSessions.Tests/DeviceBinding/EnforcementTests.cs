using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>What a copied cookie is worth [B4, B5].</summary>
public class EnforcementTests
{
    [Fact]
    public async Task Copied_cookies_work_for_the_bound_time_and_the_owners_go_on()
    {
        await using TestApp app = await BoundSite.StartAsync(configure: o => o.RotationTime = null);
        using DeviceBrowser owner = await app.SettledAsync();
        await owner.RefreshAsync();
        using DeviceBrowser thief = owner.Thief();
        using DeviceBrowser poor = owner.Thief();
        poor.Jar.TryRemove(owner.BoundCookie, out _);
        Assert.Equal("nobody Missing", await poor.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(HttpStatusCode.OK, (await owner.RefreshAsync()).Status);
        app.Clock.Advance(new TimeSpan(0, 1, 59));
        Assert.Equal("ada Given", await thief.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
        {
            DeviceResponse refused = await thief.GetAsync("/who");
            Assert.Equal("nobody Missing", refused.Body);
            Assert.All(refused.SetCookies, cookie => Assert.StartsWith($"{owner.BoundCookie}=; expires=", cookie, StringComparison.Ordinal));
            Assert.Equal("ada Given", await owner.TextAsync("/who"));
            app.Clock.Advance(TimeSpan.FromMinutes(7));
            Assert.Equal(HttpStatusCode.OK, (await owner.RefreshAsync()).Status);
        }

        // Neither can it bind the session to a device of its own, nor end it, nor change it.
        Assert.Null((await thief.GetAsync("/rotate")).Offer);
        await thief.GetAsync("/destroy");
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync("/count")).Status);
        Assert.Equal("ada Given", await owner.TextAsync("/who"));
        Assert.Equal("1", await owner.TextAsync("/count"));

        // It may begin one of its own.
        Assert.Equal("nobody", await thief.TextAsync("/create"));
        Assert.Equal("1", await thief.TextAsync("/n"));
        Assert.Equal("ada Given", await owner.TextAsync("/who"));
    }

    [Fact]
    public async Task What_was_sent_before_the_browser_knew_is_good_for_the_grace()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser owner = await app.BoundAsync();
        using DeviceBrowser early = owner.Thief();
        early.Jar.TryRemove(owner.BoundCookie, out _);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("ada Missing", await early.TextAsync("/who"));
        Assert.Equal("1", await early.TextAsync("/count"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("nobody Missing", await early.TextAsync("/who"));
    }

    /// <summary>Who still has the cookie does not ask for another one, and would stay out for as long as it has it.</summary>
    [Fact]
    public async Task A_browser_whose_clock_is_behind_is_back_with_its_second_request()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Contains(browser.BoundCookie, browser.Jar.Keys);
        Assert.Equal("nobody Missing", await browser.TextAsync("/who"));
        Assert.DoesNotContain(browser.BoundCookie, browser.Jar.Keys);
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task Who_may_only_read_reads_changes_nothing_and_signs_out_and_in()
    {
        await using TestApp app = await BoundSite.StartAsync(UnboundRequestAction.ReadOnly);
        using DeviceBrowser owner = await app.SettledAsync();
        await owner.TextAsync("/count");
        using DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);
        app.Clock.Advance(TimeSpan.FromMinutes(7));
        foreach (string path in (string[])["/count", "/rotate", "/revoke", "/clear", "/fill?size=1"])
        {
            DeviceResponse answer = await thief.GetAsync(path);
            Assert.Equal((HttpStatusCode.Forbidden, 0), (answer.Status, answer.SetCookies.Length));
        }

        // Nor does it get the next id, though one is due.
        DeviceResponse read = await thief.GetAsync("/who");
        Assert.Equal("ada Missing", read.Body);
        Assert.Empty(read.SetCookies);
        Assert.Equal("1", await thief.TextAsync("/n"));
        Assert.NotEmpty((await owner.GetAsync("/who")).SetCookies);

        using DeviceBrowser another = thief.Thief();
        Assert.Equal("eve", await another.TextAsync("/sign-in?name=eve"));
        Assert.Equal("0", await another.TextAsync("/n"));
        Assert.Equal("ada Given", await owner.TextAsync("/who"));
        Assert.Equal("nobody", await thief.TextAsync("/sign-out"));
        Assert.Equal("nobody NotBound", await owner.TextAsync("/who"));
    }

    [Fact]
    public async Task Who_is_only_reported_goes_on_but_raises_nothing()
    {
        await using TestApp app = await BoundSite.StartAsync(UnboundRequestAction.Report);
        using DeviceBrowser owner = await app.SettledAsync();
        using DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);
        Assert.Equal("ada Missing", await thief.TextAsync("/who"));
        Assert.Equal("1", await thief.TextAsync("/count"));
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync("/revoke")).Status);
        Assert.Equal("ada", await thief.TextAsync("/sign-in?name=ada"));
        Assert.Equal("eve", await thief.TextAsync("/sign-in?name=eve"));
        Assert.Equal("0", await thief.TextAsync("/n"));
        Assert.Equal("ada Given", await owner.TextAsync("/who"));
        Assert.Equal("1", await owner.TextAsync("/n"));
        Assert.Contains(app.Logs.Lines, line => line.Id == 172);
    }

    [Fact]
    public async Task A_browser_that_can_not_do_it_goes_on_as_before()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        for (int i = 1; i <= 5; i++)
        {
            Assert.Equal($"{i}", await browser.TextAsync("/count"));
            app.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal("ada NotBound", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task Clearing_and_rotating_leave_the_binding()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser owner = await app.SettledAsync();
        await owner.GetAsync("/clear");
        await owner.GetAsync("/rotate");
        app.Clock.Advance(TimeSpan.FromMinutes(7));
        await owner.GetAsync("/count");
        Assert.Equal(HttpStatusCode.OK, (await owner.RefreshAsync()).Status);
        Assert.Equal("ada Given", await owner.TextAsync("/who"));
    }

    [Theory]
    [InlineData("/destroy", "nobody")]
    [InlineData("/create", "nobody")]
    [InlineData("/sign-out", "nobody")]
    [InlineData("/revoke", "ada")]
    [InlineData("/sign-in?name=eve", "eve")]
    public async Task What_ends_every_id_ends_the_binding(string how, string who)
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser owner = await app.SettledAsync();
        DeviceResponse answer = await owner.GetAsync(how);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.DoesNotContain(owner.BoundCookie, owner.Jar.Keys);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.RefreshAsync()).Status);
        Assert.Equal($"{who} NotBound", await owner.TextAsync("/who"));
        Assert.Equal(who != "nobody", answer.Offer is not null);
        if (answer.Offer is not null)
        {
            Assert.Equal(HttpStatusCode.OK, (await owner.RegisterAsync()).Status);
            Assert.Equal($"{who} Given", await owner.TextAsync("/who"));
        }
    }

    [Fact]
    public async Task Two_bindings_of_one_browser_don_t_take_each_others_place()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser first = await app.SettledAsync();
        using DeviceBrowser second = await app.SettledAsync();
        Assert.NotEqual(first.BoundCookie, second.BoundCookie);
        foreach ((string name, string value) in first.Jar.Where(cookie => cookie.Key == first.BoundCookie))
        {
            second.Jar[name] = value;
        }

        Assert.Equal("ada Given", await second.TextAsync("/who"));
        second.Jar[second.BoundCookie] = first.Jar[first.BoundCookie];
        Assert.Equal("nobody Missing", await second.TextAsync("/who"));
    }

    [Fact]
    public async Task A_planted_id_of_a_bound_session_keeps_nobody_out()
    {
        await using TestApp app = await BoundSite.StartAsync(configure: o => o.CookieName = "sid");
        using DeviceBrowser attacker = await app.SettledAsync();
        using var victim = new DeviceBrowser(app.Address);
        await victim.GetAsync("/count");
        string planted = attacker.Jar["sid"];
        DeviceResponse answer = await victim.SendAsync(HttpMethod.Get, "/count", cookies: false, ("Cookie", $"sid={planted}; sid={victim.Jar["sid"]}"));
        Assert.Equal("2", answer.Body);
    }

    [Fact]
    public async Task Is_told_by_the_meter()
    {
        await using TestApp app = await BoundSite.StartAsync();
        var told = new List<string>();
        using var listener = new MeterListener();
        IMeterFactory meters = app.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "fuelsessions.device_bindings" && instrument.Meter.Scope == meters)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (told)
            {
                told.Add(string.Join(" ", tags.ToArray().Where(tag => tag.Key != "driver").Select(tag => tag.Value)));
            }
        });
        listener.Start();
        using DeviceBrowser owner = await app.SettledAsync();
        await owner.RefreshAsync();
        owner.Challenge = null;
        await owner.RefreshOnceAsync();
        await owner.RefreshOnceAsync(proof: "garbage");
        owner.Jar.TryRemove(owner.BoundCookie, out _);
        await owner.GetAsync("/who");
        await owner.SendAsync(HttpMethod.Get, "/who", headers: ("Secure-Session-Skipped", $"server_error;session_identifier=\"{owner.Identifier}\""));
        await owner.SendAsync(HttpMethod.Get, "/who", headers: ("Secure-Session-Skipped", "made up"));
        await owner.RegisterAsync();
        Assert.Equal(
            ["offered", "bound", "refreshed", "challenged", "refresh_refused signature", "unproved", "skipped server_error", "skipped other", "registration_refused authorization"], told);
    }
}
