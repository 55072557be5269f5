namespace FuelSessions.Samples.Tests;

/// <summary>Server-sent events: a response that goes on until the client or the session is gone.</summary>
public class EventTests
{
    [Fact]
    public async Task Each_event_shows_what_others_saved()
    {
        await using Site site = await Site.StartAsync();
        using Stream stream = await OpenAsync(site);
        using var events = new StreamReader(stream);
        Assert.Equal("data: 1", await NextAsync(site, events, _ => true));
        await site.PostAsync("/add");
        await site.PostAsync("/rotate");
        Assert.Equal("data: 3", await NextAsync(site, events, line => line == "data: 3"));
    }

    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/sign-in/ada")]
    public async Task After_a_sign_out_or_sign_in_elsewhere_it_ends(string path)
    {
        await using Site site = await Site.StartAsync();
        using Stream stream = await OpenAsync(site);
        using var events = new StreamReader(stream);
        Assert.Equal("data: 1", await NextAsync(site, events, _ => true));
        await site.PostAsync(path);
        Assert.Null(await NextAsync(site, events, _ => false));
    }

    [Fact]
    public async Task An_open_stream_alone_does_not_keep_the_session_alive()
    {
        await using Site site = await Site.StartAsync();
        using Stream stream = await OpenAsync(site);
        using var events = new StreamReader(stream);
        Assert.Equal("data: 1", await NextAsync(site, events, _ => true));
        site.App.Clock.Advance(TimeSpan.FromMinutes(122));
        Assert.Null(await NextAsync(site, events, _ => false));
    }

    private static async Task<Stream> OpenAsync(Site site)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.App.Address, "/events"));
        site.AddCookies((name, value) => request.Headers.TryAddWithoutValidation(name, value));
        var client = new HttpClient();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
    }

    /// <summary>The next event of which that is true; null if the stream ends before.</summary>
    private static async Task<string?> NextAsync(Site site, StreamReader events, Func<string, bool> isIt)
    {
        while (true)
        {
            Task<string?> line = events.ReadLineAsync();

            // A second at a time, as often as the stream needs to see it.
            while (await Task.WhenAny(line, Task.Delay(20)) != line)
            {
                site.App.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            if (await line is not { } text)
            {
                return null;
            }

            if (text.Length > 0 && isIt(text))
            {
                return text;
            }
        }
    }
}
