using System.Collections.Concurrent;
using System.Text.Json;

namespace FuelSessions.Engine;

/// <summary>How an app's values become JSON, and which types come back from it as what they were: decided once a type.</summary>
/// <param name="unchecked">Types that the app answers for; open generic ones stand for all of theirs.</param>
internal sealed class ValueFormat(JsonSerializerOptions options, ISet<Type> @unchecked)
{
    private readonly ConcurrentDictionary<Type, ValueContract> _contracts = new();

    internal JsonSerializerOptions Options => options;

    internal ValueContract ContractOf(Type type) =>
        _contracts.TryGetValue(type, out ValueContract? contract) ? contract : _contracts.GetOrAdd(type, new ValueContract(type, this));

    internal bool IsUnchecked(Type type) => @unchecked.Contains(type) || (type.IsGenericType && @unchecked.Contains(type.GetGenericTypeDefinition()));
}
