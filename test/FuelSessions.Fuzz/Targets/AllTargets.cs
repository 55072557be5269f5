using FuelSessions.Fuzz.Planted;
using FuelSessions.Fuzz.Running;

namespace FuelSessions.Fuzz.Targets;

internal static class AllTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Real = new()
    {
        ["records"] = static () => new RecordTarget(),
        ["variables"] = static () => new VariablesTarget(),
        ["paths"] = static () => new PathTarget(),
        ["cookies"] = static () => new CookieTarget(),
        ["protected"] = static () => new ProtectedTarget(),
        ["carried"] = static () => new CarriedTarget(),
        ["packed-records"] = static () => new PackedRecordTarget(),
        ["proofs"] = static () => new ProofTarget(),
        ["memcached"] = static () => new MemcachedTarget(),
        ["answers"] = static () => new TokenAnswerTarget(),
        ["stored-tokens"] = static () => new StoredTokenTarget(),
        ["return-paths"] = static () => new ReturnPathTarget(),
        ["settings"] = static () => new SettingsTarget(),
    };

    /// <exception cref="UsageException">There is none of that name.</exception>
    internal static IReadOnlyList<FuzzTarget> Named(IReadOnlyList<string> names) => [.. (names.Count == 0 ? (IEnumerable<string>)Real.Keys : names).Select(Named)];

    private static FuzzTarget Named(string name) =>
        Real.TryGetValue(name, out Func<FuzzTarget>? target) ? target()
        : name.StartsWith("planted-", StringComparison.Ordinal) && Enum.TryParse(name["planted-".Length..], ignoreCase: true, out Plant plant) ? new PlantedTarget(plant)
        : throw new UsageException($"There is no target '{name}'; there are {string.Join(", ", Real.Keys)}.");
}
