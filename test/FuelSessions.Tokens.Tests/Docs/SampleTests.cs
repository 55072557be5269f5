using System.Text.RegularExpressions;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Docs;

/// <summary>What the documents show compiles, since it is in the samples, and the longest of it runs.</summary>
public sealed partial class SampleTests
{
    [Theory]
    [InlineData("tokens.md", "")]
    [InlineData("README.md", "## Token sessions")]
    public async Task Each_sample_of_the_document_is_compiled(string document, string section)
    {
        string text = await ReadAsync(document);
        text = text[text.IndexOf(section, StringComparison.Ordinal)..];
        int end = text.IndexOf("\n## ", 1, StringComparison.Ordinal);
        text = section.Length > 0 && end > 0 ? text[..end] : text;
        string compiled = string.Concat(await Task.WhenAll(new[] { "ReadmeSamples.cs", "WebSamples.cs", "OtherSamples.cs" }.Select(async file => Trimmed(await ReadAsync(file)))));

        string[] samples = [.. Sample().Matches(text).Select(match => match.Groups[1].Value)];

        Assert.InRange(samples.Length, 3, 20);
        Assert.All(samples, sample => Assert.Contains(Trimmed(sample), compiled));
    }

    [Fact]
    public async Task The_app_with_tokens_in_the_web_session_signs_in_once()
    {
        await using Provider provider = await Provider.StartAsync();
        using var folder = new TemporaryFolder();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("FuelSessions:File:Path", folder.Below("sessions"))]);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddHttpClient("podio").ConfigurePrimaryHttpMessageHandler(() => new ToProvider(provider.Address));
        builder.Services.PostConfigure<TokenSessionOptions>("podio", options => options.TokenEndpoint = new Uri(provider.Address, "/provider/oauth/token"));
        await using WebApplication app = WebSamples.InTheWebSession(builder, provider.StandIn.ClientId, provider.StandIn.ClientSecret);
        await app.StartAsync();
        using var browser = new TestBrowser(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "Mozilla/5.0");

        // Nobody has signed in yet: led to the sign-in page, to the provider, and back to where it began.
        string page = (await browser.GetAsync("/")).Headers["Location"];
        var asked = new Uri((await browser.GetAsync(page)).Headers["Location"]);
        var query = QueryHelpers.ParseQuery(asked.Query);
        string code = provider.StandIn.IssueCode("ada", query["redirect_uri"].ToString(), query["code_challenge"].ToString());
        Assert.Equal(400, (int)(await browser.GetAsync($"/sign-in/callback?code={code}&state=another")).Status);
        Assert.Equal("/", (await browser.GetAsync($"/sign-in/callback?code={code}&state={query["state"]}")).Headers["Location"]);

        Assert.Contains("user:ada", await browser.TextAsync("/"));
        provider.StandIn.ExpireAccessTokens();
        Assert.Contains("user:ada", await browser.TextAsync("/"));
        Assert.Equal((2, 1, 0), (provider.StandIn.TokenRequests, provider.StandIn.Refreshes, provider.StandIn.Refused));
    }

    private static async Task<string> ReadAsync(string name)
    {
        using var reader = new StreamReader(typeof(SampleTests).Assembly.GetManifestResourceStream(name)!);
        return await reader.ReadToEndAsync();
    }

    // Without indentation, empty lines, and what a file has at its top.
    private static string Trimmed(string code) => string.Concat(code
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith("using FuelSessions", StringComparison.Ordinal))
        .Select(line => line + "\n"));

    [GeneratedRegex("```csharp\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    /// <summary>Takes the stand-in's API for Podio's.</summary>
    private sealed class ToProvider(Uri provider) : HttpClientHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The second time it is the stand-in's already.
            Assert.Contains(request.RequestUri!.ToString(), new[] { "https://api.podio.com/user/status", $"{provider}provider/api/me" });
            request.RequestUri = new Uri(provider, "/provider/api/me");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
