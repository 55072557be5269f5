using FuelSessions.Configuration;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>What an app gets that configures nothing, and why; docs/security.md has the requirements that are meant.</summary>
public class DefaultsTests
{
    // The setting, its default, FuelPHP's where UseFuelPhpDefaults brings it back, and the reason.
    public static TheoryData<string, object?, object?, string> Reasons => new()
    {
        { nameof(FuelSessionsOptions.Driver), "file", "cookie", "logging out and revoking hold only for what has a server side [ASVS 7.4.1]" },
        { nameof(FuelSessionsOptions.ExpirationTime), TimeSpan.FromHours(2), null, "ends what was left alone, and does not cost a cart over lunch [ASVS 7.3.1]" },
        { nameof(FuelSessionsOptions.AbsoluteExpiration), null, Timeout.InfiniteTimeSpan, "a day: a thief who keeps it alive has it no longer [ASVS 7.3.2]" },
        { nameof(FuelSessionsOptions.RotationTime), TimeSpan.FromMinutes(5), null, "an id that was copied is soon a retired one [OWASP: renewal timeout]" },
        { nameof(FuelSessionsOptions.ExpireOnClose), true, false, "an id is not for the device's disk [OWASP: non-persistent cookies]" },
        { nameof(FuelSessionsOptions.CookieHttpOnly), true, null, "no script reads an id [ASVS 3.3.4]" },
        { nameof(FuelSessionsOptions.CookieSameSite), SameSiteMode.Lax, null, "not sent with what other sites' pages post or load [ASVS 3.3.2]" },
        { nameof(FuelSessionsOptions.CookieSecure), CookieSecurePolicy.SameAsRequest, null, "Secure on https, and http://localhost works [ASVS 3.3.1]" },
        { nameof(FuelSessionsOptions.CookieDomain), null, null, "the host that set it, and no other [ASVS 3.3.3]" },
        { nameof(FuelSessionsOptions.EncryptCookie), true, null, "a forged id asks no store" },
        { nameof(FuelSessionsOptions.HeaderName), null, null, "cookies only [OWASP: used and accepted exchange mechanisms]" },
        { nameof(FuelSessionsOptions.QueryParameterName), null, null, "URLs are logged and handed on [OWASP]" },
        { nameof(FuelSessionsOptions.PostFieldName), null, null, "cookies only [OWASP]" },
        { nameof(FuelSessionsOptions.MatchUserAgent), UserAgentMatching.IgnoringVersions, null, "a copied cookie elsewhere is noticed [OWASP: binding]" },
        { nameof(FuelSessionsOptions.MatchIp), false, null, "addresses change on the move, and are shared" },
        { nameof(FuelSessionsOptions.PreventSharedCaching), true, null, "no cache hands one visitor's page to another [OWASP: caching]" },
    };

    [Theory, MemberData(nameof(Reasons))]
    public void Each_default_has_a_reason(string setting, object? expected, object? fuelPhp, string reason)
    {
        Assert.NotEmpty(reason);
        Assert.Equal(expected, Read(setting, _ => { }));
        Assert.Equal(fuelPhp ?? expected, Read(setting, sessions => sessions.UseFuelPhpDefaults()));
    }

    // None names the product, the technology, or what is stored where.
    [Theory]
    [InlineData("cookie", "cid", "fuelcid")]
    [InlineData("file", "fid", "fuelfid")]
    [InlineData("memory", "xid", "fuelxid")]
    public void Each_driver_has_a_cookie_name_of_its_own(string driver, string name, string fuelPhp)
    {
        Assert.Equal(name, Options(_ => { }, driver).CookieName);
        Assert.Equal(fuelPhp, Options(sessions => sessions.UseFuelPhpDefaults(), driver).CookieName);
    }

    [Fact]
    public void What_the_app_configures_wins_over_the_defaults_of_FuelPHP()
    {
        var section = new Dictionary<string, string?>
        {
            ["FuelSessions:Driver"] = "memory",
            ["FuelSessions:CookieName"] = "shop",
            ["FuelSessions:File:CookieName"] = "files",
        };
        FuelSessionsOptions Of(string driver) => Options(sessions => sessions.UseFuelPhpDefaults(), driver, section, options => options.ExpireOnClose = true);

        Assert.Equal(("shop", true), (Of("memory").CookieName, Of("memory").ExpireOnClose));
        Assert.Equal(("files", Timeout.InfiniteTimeSpan), (Of("file").CookieName, Of("file").AbsoluteExpiration));
        Assert.Equal("fuelcid", Of("cookie").CookieName);
    }

    /// <summary>Of 2,000 ids each bit is set in about half: a bit that means something would not be.</summary>
    [Fact]
    public void An_id_is_256_random_bits()
    {
        byte[][] ids = [.. Enumerable.Range(0, 2_000).Select(_ => WebEncoders.Base64UrlDecode(SessionId.Create().Encode()))];
        Assert.All(ids, id => Assert.Equal(32, id.Length));
        Assert.All(Enumerable.Range(0, 256), bit => Assert.InRange(ids.Count(id => (id[bit / 8] >> (bit % 8) & 1) == 1), 750, 1_250));
    }

    private static object? Read(string setting, Action<FuelSessionsBuilder> add) => SessionSettings.Find(setting)!.Read(Options(add, ""), setting);

    private static FuelSessionsOptions Options(
        Action<FuelSessionsBuilder> add,
        string name,
        Dictionary<string, string?>? configuration = null,
        Action<FuelSessionsOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration ?? []).Build());
        add(services.AddFuelSessions(configure));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().Get(name);
    }
}
