using Xunit.Abstractions;
using Xunit.Sdk;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>
/// Deals the classes of <see cref="PostgresCollection"/> out to several collections of its kind, each with servers of its own: the tests of one
/// wait most of the time, and collections run beside each other.
/// </summary>
public sealed class Shards(ITestAssembly assembly, IMessageSink diagnostics) : IXunitTestCollectionFactory
{
    private const int Count = 10;

    private readonly CollectionPerClassTestCollectionFactory _others = new(assembly, diagnostics);
    private readonly ITestCollection[] _shards =
    [
        .. Enumerable.Range(1, Count).Select(number => new TestCollection(assembly, Reflector.Wrap(typeof(PostgresCollection)), $"{PostgresCollection.Name} {number}")),
    ];

    private int _dealt = -1;

    public string DisplayName => "classes with a database, in shards";

    public ITestCollection Get(ITypeInfo testClass) =>
        testClass.GetCustomAttributes(typeof(CollectionAttribute)).SingleOrDefault()?.GetConstructorArguments().Single() is PostgresCollection.Name
            ? _shards[Interlocked.Increment(ref _dealt) % Count]
            : _others.Get(testClass);
}
