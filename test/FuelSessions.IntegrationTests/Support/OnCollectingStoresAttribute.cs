using System.Reflection;
using Xunit.Sdk;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The stores that don't remove expired records by themselves.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class OnCollectingStoresAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["memory"], ["file"], ["sqlite"], ["postgres"], ["mariadb"]];
}
