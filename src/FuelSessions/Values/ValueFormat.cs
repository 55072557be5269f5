using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>How an app's values become JSON, and which types come back from it as what they were: decided once a type.</summary>
/// <param name="configured">What the app may still add to until the first use.</param>
/// <param name="unchecked">Types that the app answers for; open generic ones stand for all of theirs.</param>
internal sealed class ValueFormat(JsonSerializerOptions configured, ISet<Type> @unchecked)
{
    private readonly ConcurrentDictionary<Type, ValueContract> _contracts = new();
    private JsonSerializerOptions? _options;

    internal JsonSerializerOptions Options => _options ??= WithOwnFormsLast();

    internal ValueContract ContractOf(Type type) =>
        _contracts.TryGetValue(type, out ValueContract? contract) ? contract : _contracts.GetOrAdd(type, new ValueContract(type, this));

    internal bool IsUnchecked(Type type) => @unchecked.Contains(type) || (type.IsGenericType && @unchecked.Contains(type.GetGenericTypeDefinition()));

    // The serialiser takes the first converter that fits. What the app adds stands behind ours, and is meant.
    private JsonSerializerOptions WithOwnFormsLast()
    {
        List<JsonConverter> converters = [.. configured.Converters.OrderBy(IsOurs)];
        if (converters.SequenceEqual(configured.Converters))
        {
            return configured;
        }

        var reordered = new JsonSerializerOptions(configured);
        reordered.Converters.Clear();
        converters.ForEach(reordered.Converters.Add);
        return reordered;
    }

    private static bool IsOurs(JsonConverter converter) => converter.GetType().Assembly == typeof(ValueFormat).Assembly;
}
