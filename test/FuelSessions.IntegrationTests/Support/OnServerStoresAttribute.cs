using System.Reflection;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Runs a test on each store that keeps records at the server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class OnServerStoresAttribute : OnCollectingStoresAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [.. base.GetData(testMethod), ["redis"], ["memcached"]];
}
