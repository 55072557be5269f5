using Xunit.Abstractions;
using Xunit.Sdk;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>
/// Deals the classes of <see cref="PostgresCollection"/> out to several collections of its kind, each with servers of its own: the tests of one
/// wait most of the time, and collections run beside each other.
/// </summary>
public sealed class Shards : IXunitTestCollectionFactory
{
    private const int Count = 10;

    private readonly CollectionPerClassTestCollectionFactory _others;
    private readonly Dictionary<string, TestCollection> _shardOf;

    public Shards(ITestAssembly assembly, IMessageSink diagnostics)
    {
        _others = new CollectionPerClassTestCollectionFactory(assembly, diagnostics);
        ITypeInfo definition = Reflector.Wrap(typeof(PostgresCollection));
        TestCollection[] shards = [.. Enumerable.Range(1, Count).Select(number => new TestCollection(assembly, definition, $"{PostgresCollection.Name} {number}"))];

        // By name, as who looks for tests and who runs them have a factory each, and ask in an order of their own.
        _shardOf = assembly.Assembly.GetTypes(includePrivateTypes: false)
            .Where(IsDealt)
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal)
            .Index()
            .ToDictionary(type => type.Item, type => shards[type.Index % Count]);
    }

    public string DisplayName => "classes with a database, in shards";

    public ITestCollection Get(ITypeInfo testClass) =>
        _shardOf.TryGetValue(testClass.Name, out TestCollection? shard) ? shard : _others.Get(testClass);

    private static bool IsDealt(ITypeInfo type) =>
        type.GetCustomAttributes(typeof(CollectionAttribute)).SingleOrDefault()?.GetConstructorArguments().Single() is PostgresCollection.Name;
}
