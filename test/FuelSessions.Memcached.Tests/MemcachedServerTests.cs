namespace FuelSessions.Memcached.Tests;

public sealed class MemcachedServerTests
{
    [Theory]
    [InlineData("cache", "cache", 11211, 1)]
    [InlineData("cache:11311", "cache", 11311, 1)]
    [InlineData(" 10.0.0.1:11211,weight=3 ", "10.0.0.1", 11211, 3)]
    [InlineData("cache,weight=1000000", "cache", 11211, 1_000_000)]
    [InlineData("[::1]:11311", "::1", 11311, 1)]
    [InlineData("::1", "::1", 11211, 1)]
    public void Is_read_from_text(string text, string host, int port, int weight) =>
        Assert.Equal(new MemcachedServer(host, port, weight), MemcachedServer.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":11211")]
    [InlineData("cache:")]
    [InlineData("cache:0")]
    [InlineData("cache:65536")]
    [InlineData("cache:http")]
    [InlineData("cache:11211,weight=0")]
    [InlineData("cache:11211,weight=x")]
    [InlineData("a:11211,b:11211")]
    [InlineData("memcached://a")]
    [InlineData("a b")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => MemcachedServer.Parse(text));
}
