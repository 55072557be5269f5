using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Sdk;

namespace FuelSessions.Tests.Fuel;

/// <summary>The drivers that everything which does not depend on the driver is tested on. A new one is one line.</summary>
internal static class Drivers
{
    private static readonly Dictionary<string, Action<FuelSessionsBuilder, string>> Setups = new()
    {
        ["memory"] = static (_, _) => { },
        ["file"] = static (_, _) => { },
        ["cookie"] = static (_, _) => { },
        ["db"] = static (builder, folder) => builder.AddDbDriver(db => db.UseSqlite($"Data Source={Path.Combine(folder, "sessions.db")};Pooling=False")),
    };

    internal static IReadOnlyCollection<string> Names => Setups.Keys;

    /// <param name="folder">Where a driver may put its files.</param>
    internal static void AddTo(FuelSessionsBuilder builder, string folder)
    {
        foreach (Action<FuelSessionsBuilder, string> setup in Setups.Values)
        {
            setup(builder, folder);
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
