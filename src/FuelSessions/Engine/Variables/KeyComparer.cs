using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace FuelSessions.Engine;

/// <summary>What a set or map compares its keys with, which JSON does not hold.</summary>
internal static class KeyComparer
{
    /// <summary>Reads it; null for a type that has none.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A comparer that was trimmed away is not compared.")]
    internal static Func<object, object?>? Of(Type type)
    {
        PropertyInfo? property = Array.Find(
            type.GetProperties(BindingFlags.Instance | BindingFlags.Public),
            static candidate => candidate.Name is "Comparer" or "KeyComparer" && candidate.GetIndexParameters().Length == 0);
        return property is { CanRead: true } ? property.GetValue : null;
    }

    /// <summary>Whether a collection that is read again compares in the same way. Ordinal is what text is compared by where nothing is said.</summary>
    internal static bool IsUsual(object comparer, object? usual) =>
        comparer.Equals(usual) || (ReferenceEquals(comparer, StringComparer.Ordinal) && usual is null or IEqualityComparer<string>);
}
