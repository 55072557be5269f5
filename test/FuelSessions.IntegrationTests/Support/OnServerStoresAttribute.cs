using System.Reflection;
using Xunit.Sdk;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Runs a test on each store that keeps records at the server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class OnServerStoresAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["memory"], ["file"], ["sqlite"], ["postgres"], ["redis"], ["memcached"]];
}
