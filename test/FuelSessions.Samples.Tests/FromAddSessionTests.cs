using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using FuelSessions.Samples.Tests.Support;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests;

/// <summary>One app three times: on ASP.NET Core's session, with nothing but its set-up changed, and rewritten. Its users see the same.</summary>
public sealed partial class FromAddSessionTests(FromAddSessionTests.Versions versions) : IClassFixture<FromAddSessionTests.Versions>
{
    [Theory]
    [InlineData("Before")]
    [InlineData("DropIn")]
    [InlineData("After")]
    public async Task Its_users_see_the_same(string version)
    {
        using TestBrowser browser = (await versions.OfAsync(version)).NewBrowser();
        Assert.Equal("Visit 1, stranger.", await browser.TextAsync("/"));
        Assert.Equal(["shop"], browser.Jar.Keys);
        await browser.SendAsync(HttpMethod.Post, "/sign-in/Ada");
        Assert.Equal("Visit 2, Ada.", await browser.TextAsync("/"));
        await browser.SendAsync(HttpMethod.Post, "/cart/pen");
        Assert.Equal("""{"pen":2}""", (await browser.SendAsync(HttpMethod.Post, "/cart/pen")).Body);
        Assert.Equal("""{"pen":2,"ink":1}""", (await browser.SendAsync(HttpMethod.Post, "/cart/ink")).Body);
        await browser.SendAsync(HttpMethod.Post, "/sign-out");
        Assert.Equal("Visit 1, stranger.", await browser.TextAsync("/"));
    }

    [Fact]
    public async Task Rewritten_it_counts_what_comes_at_the_same_time()
    {
        using TestBrowser browser = (await versions.OfAsync("After")).NewBrowser();
        await browser.SendAsync(HttpMethod.Post, "/cart/pen");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.SendAsync(HttpMethod.Post, "/cart/pen")));
        Assert.Equal("""{"pen":22}""", (await browser.SendAsync(HttpMethod.Post, "/cart/pen")).Body);
    }

    [Theory]
    [InlineData(0, "Before", "DropIn")]
    [InlineData(1, "DropIn", "After")]
    public void The_page_shows_the_difference(int number, string before, string after)
    {
        string[][] diffs = [.. Diff().Matches(Documents.Read("docs/aspnet-session.md")).Select(match => match.Groups[1].Value.TrimEnd('\n').Split('\n'))];
        Assert.Equal(2, diffs.Length);
        Assert.Equal(Documents.Read($"FromAddSession/{before}/Program.cs"), Side('-'));
        Assert.Equal(Documents.Read($"FromAddSession/{after}/Program.cs"), Side('+'));

        string Side(char own) => string.Concat(diffs[number].Where(line => line.Length == 0 || line[0] == ' ' || line[0] == own).Select(line => (line.Length == 0 ? "" : line[1..]) + "\n"));
    }

    [GeneratedRegex("```diff\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Diff();

    public sealed class Versions : IAsyncLifetime
    {
        private readonly ConcurrentDictionary<string, Lazy<Task<SampleProcess>>> _running = new();

        internal Task<SampleProcess> OfAsync(string version) => _running.GetOrAdd(version, name => new(() => SampleProcess.StartAsync($"FromAddSession/{name}"))).Value;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (Lazy<Task<SampleProcess>> version in _running.Values)
            {
                await (await version.Value).DisposeAsync();
            }
        }
    }
}
