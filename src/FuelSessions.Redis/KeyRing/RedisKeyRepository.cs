using System.Xml.Linq;
using FuelSessions.Redis.Connections;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace FuelSessions.Redis.KeyRing;

/// <summary>The Data Protection key ring, in a list beside the sessions that never expires.</summary>
internal sealed class RedisKeyRepository(RedisConnection connection, string key) : IXmlRepository
{
    /// <summary>What the list is called after the prefix. No session's key looks like it.</summary>
    internal const string Name = "data-protection-keys";

    private readonly RedisKey _key = key;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        RedisValue[] elements = connection.Run(
            _key,
            static (database, key) => database.ListRange(key, 0, -1, CommandFlags.DemandMaster),
            CancellationToken.None);
        return [.. elements.Select(element => XElement.Parse(element.ToString()))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        connection.Run(
            (Key: _key, Xml: element.ToString(SaveOptions.DisableFormatting)),
            static (database, entry) => database.ListRightPush(entry.Key, entry.Xml, When.Always, CommandFlags.DemandMaster),
            CancellationToken.None);
    }
}
