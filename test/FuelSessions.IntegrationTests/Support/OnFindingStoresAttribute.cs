using System.Reflection;
using Xunit.Sdk;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Runs a test on each store that finds the sessions of a principal.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnFindingStoresAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["memory"], ["file"], ["sqlite"], ["postgres"], ["mariadb"], ["redis"]];
}
