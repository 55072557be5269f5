using System.Diagnostics;

namespace FuelSessions.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class SpanTests(WatchedApp app) : IClassFixture<WatchedApp>
{
    [Theory]
    [InlineData("/nothing", "")]
    [InlineData("/set", "session save saved")]
    [InlineData("/count", "session load found, session save saved conflicts 2")]
    [InlineData("/read", "session load found")]
    [InlineData("/touch", "session load found, session touch touched")]
    [InlineData("/revoke", "session load found, session save saved")]
    [InlineData("/detached", "session load detached Detached")]
    [InlineData("/failed", "session load error System.IO.IOException")]
    [InlineData("/destroy", "session load found, session end ended")]
    [InlineData("/expired", "session load new")]
    public void Each_thing_that_is_done_to_a_stored_session_is_a_span_of_the_request(string request, string expected)
    {
        Activity[] spans = app.Spans[request];
        Assert.Equal(expected, string.Join(", ", spans.Select(Text)));
        Assert.All(spans, span => Assert.Equal("Microsoft.AspNetCore", span.Parent?.Source.Name));
        Assert.All(spans, span => Assert.Equal("memory", span.GetTagItem("fuelsessions.driver")));
    }

    /// <summary>A tag is one of few values: neither an id, nor what an error says of the store.</summary>
    [Fact]
    public void No_span_has_more_than_the_documented_tags()
    {
        string[] allowed = ["fuelsessions.driver", "fuelsessions.outcome", "fuelsessions.conflicts", "error.type"];
        Assert.All(app.Spans.Values.SelectMany(spans => spans).SelectMany(span => span.TagObjects), tag => Assert.Contains(tag.Key, allowed));
        Assert.DoesNotContain(app.Spans.Values.SelectMany(spans => spans), span => span.StatusDescription?.Contains("Ada", StringComparison.Ordinal) == true);
    }

    private static string Text(Activity span) => string.Join(' ', (IEnumerable<string?>)
    [
        span.OperationName,
        .. span.GetTagItem("fuelsessions.outcome") is { } outcome ? [$"{outcome}"] : Array.Empty<string>(),
        .. span.GetTagItem("fuelsessions.conflicts") is { } conflicts ? [$"conflicts {conflicts}"] : Array.Empty<string>(),
        .. span.Status == ActivityStatusCode.Error ? [$"error {span.GetTagItem("error.type")}"] : Array.Empty<string>(),
        .. span.Events.Select(happened => happened.Name),
    ]);
}
