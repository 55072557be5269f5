using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>Data Protection keys beside the sessions: what one node protects, another one reads.</summary>
[Collection(RedisCollection.Name)]
public sealed class KeyRingTests(RedisServer server)
{
    [Fact]
    public async Task Is_shared_by_two_nodes()
    {
        await using Node first = Persisting("ring:");
        string text = Protector(first).Protect("hello");
        Assert.Single(Keys(first).GetAllElements());

        await using Node second = Persisting("ring:");
        Assert.Equal("hello", Protector(second).Unprotect(text));
        Assert.Single(Keys(second).GetAllElements());
        Assert.Equal(-1L, await server.SendAsync("TTL", "ring:data-protection-keys"));
    }

    [Fact]
    public async Task Keeps_any_text()
    {
        await using Node node = Persisting("texts:");
        var element = new XElement("key", new XAttribute("name", "\U0001F980 <&>"), new string('ü', 100_000));
        Keys(node).StoreElement(element, "the same name");
        Keys(node).StoreElement(element, null!);
        Assert.Equal(2, Keys(node).GetAllElements().Count);
        Assert.All(Keys(node).GetAllElements(), stored => Assert.True(XNode.DeepEquals(element, stored)));
    }

    private Node Persisting(string prefix) =>
        new(builder => builder.AddRedisDriver(server.Configuration, options => options.KeyPrefix = prefix).PersistDataProtectionKeys());

    private static IXmlRepository Keys(Node node) => ((IKeepDataProtectionKeys)node.Driver).DataProtectionKeys;

    private static IDataProtector Protector(Node node) => node.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
}
