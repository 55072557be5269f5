using System.Text.Json;
using FuelSessions.Tests;
using FuelSessions.Tool.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tool.Tests;

/// <summary>What an app's settings say by themselves: what stops it, and what loses sessions or gives them away.</summary>
[Collection(PlacesCollection.Name)]
public sealed class DoctorSettingsTests(Places places)
{
    [Theory]
    [InlineData("""{ "RotationTime": "soon" }""")]
    [InlineData("""{ "Drvier": "file", "ExpirationTime": "-1", "File": { "CookieSameSite": "Sometimes" } }""")]
    [InlineData("""{ "Driver": "memory", "CookieName": "a b", "MaxSessions": 0 }""")]
    [InlineData("""{ "ExpirationTime": "24:00:00", "RotationTime": null, "AbsoluteExpiration": "", "CookieName": ["sid"] }""")]
    [InlineData("""{ "Fiel": { "Path": "x" }, "File": {}, "StoreTimeout": { "Seconds": 5 } }""")]
    [InlineData("""{ "Memory": { "CookieName": "sid" }, "File": { "CookieName": "sid" } }""")]
    public async Task It_tells_what_the_app_would_not_start_with(string section)
    {
        string settings = await NewFileAsync(section);
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(configuration: new ConfigurationBuilder().AddJsonFile(settings).Build().AsEnumerable()));
        ToolRun found = await ToolRun.RunAsync("doctor", "--json", "--settings", settings);
        Assert.Equal(ExitCode.Unwell, found.Code);
        Assert.Equal(refusal.Failures, found.ToMend.Select(finding => finding.GetProperty("is").GetString()));
    }

    [Theory]
    [InlineData("""{ "Driver": "memory" }""", "Driver")]
    [InlineData("""{ "Driver": "Cookie" }""", "Driver")]
    [InlineData("""{ "Driver": "memcached", "Memcached": { "Servers": ["cache1"] } }""", "Driver")]
    [InlineData("""{ "CookieHttpOnly": false, "CookieSecure": "None", "MatchIp": true }""", "CookieHttpOnly", "CookieSecure", "MatchIp")]
    [InlineData("""{ "CookieSameSite": "None", "QueryParameterName": "sid", "OnStoreFailure": "Detach" }""", "CookieSameSite", "OnStoreFailure", "QueryParameterName")]
    [InlineData("""{ "RotationTime": false, "AbsoluteExpiration": false, "GcInterval": "0:00:00" }""", "AbsoluteExpiration", "GcInterval", "RotationTime")]
    [InlineData("""{ "File": { "AllowSharedFolder": true } }""", "AllowSharedFolder")]
    [InlineData("""{ "Driver": "db", "Db": { "RotationTime": false }, "File": { "RotationTime": false } }""", "RotationTime", "RotationTime")]
    [InlineData("""{ "Driver": "redis", "GcInterval": "0:00:00" }""")]
    [InlineData("""{ "gc_probability": 5 }""", "settings")]
    [InlineData("""{ "Driver": "acme" }""")]
    [InlineData("""{ "Driver": "db" }""")]
    [InlineData("{}")]
    public async Task It_tells_what_loses_sessions_or_gives_them_away(string section, params string[] expected)
    {
        ToolRun found = await ToolRun.RunAsync("doctor", "--json", "--settings", await NewFileAsync(section));
        found.AssertToMend(expected);
        Assert.Equal(expected.Length > 0 ? ExitCode.Unwell : ExitCode.Done, found.Code);
        Assert.Contains(found.Json.EnumerateArray(), finding => finding.GetProperty("what").GetString() == "store");
    }

    [Theory]
    [InlineData("fiel", "file")]
    [InlineData("Memroy", "memory")]
    [InlineData("reddis", "redis")]
    [InlineData("memcache", "memcached")]
    [InlineData("cookies", "cookie")]
    public async Task A_driver_that_is_likely_another_one_is_told_as_the_app_tells_it(string driver, string meant)
    {
        string settings = await NewFileAsync($$"""{ "Driver": "{{driver}}" }""");
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(configuration: new ConfigurationBuilder().AddJsonFile(settings).Build().AsEnumerable()));
        ToolRun found = await ToolRun.RunAsync("doctor", "--json", "--settings", settings);
        Assert.Equal(ExitCode.Unwell, found.Code);
        string told = Assert.Single(found.ToMend).GetProperty("is").GetString()!;
        Assert.All([told, Assert.Single(refusal.Failures)], text =>
        {
            Assert.StartsWith($"Session setting 'Driver' is '{driver}'. Session driver '{driver}' is not registered", text, StringComparison.Ordinal);
            Assert.EndsWith($"Did you mean '{meant}'?", text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("redis2")]
    public async Task A_driver_that_may_be_the_apps_own_is_told_as_taken_for_one(string driver)
    {
        ToolRun found = await ToolRun.RunAsync("doctor", "--settings", await NewFileAsync($$"""{ "Driver": "{{driver}}", "{{driver}}": { "CookieName": "sid" } }"""));
        Assert.Equal(ExitCode.Done, found.Code);
        Assert.Contains($"note settings: driver {driver} was taken for one of the app's own", found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ok ", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_lies_over_another_one_counts_and_the_store_is_looked_at_too()
    {
        Place place = await places.NewAsync("file");
        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/set");
        string below = await NewFileAsync("""{ "Driver": "memory", "MatchIp": true }""");
        string above = await NewFileAsync($$"""{ "Driver": "file", "MatchIp": false, "Path": {{JsonSerializer.Serialize(place.Connection)}} }""");
        ToolRun well = await ToolRun.RunAsync("doctor", "--json", "--settings", below, "--settings", above);
        Assert.Empty(well.ToMend);
        Assert.Contains(well.Json.EnumerateArray(), finding => finding.GetProperty("what").GetString() == "round trip");
        Assert.Contains("Driver", (await ToolRun.RunAsync("doctor", "--settings", above, "--settings", below)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_that_others_may_read_are_found()
    {
        string settings = places.NewPath("appsettings.json");
        await File.WriteAllTextAsync(settings, """{ "ConnectionStrings": { "Shop": "Host=db;Password=secret" } }""");
        File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        ToolRun found = await ToolRun.RunAsync("doctor", "--json", "--settings", settings);
        Assert.Equal($"rights of {Path.GetFileName(settings)}", Assert.Single(found.ToMend).GetProperty("what").GetString());
        Assert.DoesNotContain("secret", found.Output, StringComparison.Ordinal);
        File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Empty((await ToolRun.RunAsync("doctor", "--json", "--settings", settings)).ToMend);
    }

    private async Task<string> NewFileAsync(string section)
    {
        string settings = places.NewPath("appsettings.json");
        await File.WriteAllTextAsync(settings, $$"""{ "FuelSessions": {{section}} }""");
        return settings;
    }
}
