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

    // Data Protection asks without a deadline, at the start of the app and then once a day.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly RedisKey _key = key;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        RedisValue[] elements = Run(_key, static (database, key, _) => database.ListRangeAsync(key, 0, -1, CommandFlags.DemandMaster));
        return [.. elements.Select(element => XElement.Parse(element.ToString()))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        Run(
            (Key: _key, Xml: element.ToString(SaveOptions.DisableFormatting)),
            static (database, entry, _) => database.ListRightPushAsync(entry.Key, entry.Xml, When.Always, CommandFlags.DemandMaster));
    }

    private TAnswer Run<TState, TAnswer>(TState state, Func<IDatabase, TState, bool, Task<TAnswer>> command)
    {
        using var deadline = new CancellationTokenSource(Longest);
        try
        {
            Task<TAnswer> answer = connection.RunAsync(state, command, static (_, answer) => answer, deadline.Token).AsTask();
            connection.SendThoseInLine();
            return answer.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Redis, where the Data Protection keys are kept, could not be reached within {Longest:g}. {error.InnerException?.Message}", error);
        }
    }
}
