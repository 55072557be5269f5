using System.Reflection;
using Xunit.Sdk;

namespace FuelSessions.Tests.Fuel;

/// <summary>The drivers that everything which does not depend on the driver is tested on. A new one is one line.</summary>
internal static class Drivers
{
    private static readonly Dictionary<string, Action<FuelSessionsBuilder>> Setups = new()
    {
        ["memory"] = static _ => { },
        ["file"] = static _ => { },
        ["cookie"] = static _ => { },
    };

    internal static IReadOnlyCollection<string> Names => Setups.Keys;

    internal static void AddTo(FuelSessionsBuilder builder)
    {
        foreach (Action<FuelSessionsBuilder> setup in Setups.Values)
        {
            setup(builder);
        }
    }
}

/// <summary>Runs a theory on every driver, with these arguments behind the driver's name.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryDriverAttribute(params object?[]? arguments) : DataAttribute
{
    // A bare null arrives as the array itself.
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) =>
        Drivers.Names.Select<string, object?[]>(driver => [driver, .. arguments ?? [null]]);
}
