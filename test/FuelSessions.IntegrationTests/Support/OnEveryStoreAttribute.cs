using System.Reflection;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The cookie driver's clients too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEveryStoreAttribute : OnServerStoresAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [.. base.GetData(testMethod), ["cookie"]];
}
