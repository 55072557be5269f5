using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace FuelSessions.Values;

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
        return property is { CanRead: true } ? property.GetValue : OfField(type);
    }

    // Maps without type parameters show none.
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
    private static Func<object, object?>? OfField(Type type)
    {
        for (Type? at = typeof(IDictionary).IsAssignableFrom(type) && !type.IsInterface ? type : null; at is not null; at = at.BaseType)
        {
            FieldInfo? field = Array.Find(
                at.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly),
                static candidate => candidate.FieldType == typeof(IEqualityComparer) || candidate.FieldType == typeof(IComparer));
            if (field is not null)
            {
                return field.GetValue;
            }
        }

        return null;
    }

    /// <summary>Whether a collection that is read again compares in the same way. Ordinal is what text is compared by where nothing is said.</summary>
    internal static bool IsUsual(object comparer, object? usual) =>
        comparer.Equals(usual) || (ReferenceEquals(comparer, StringComparer.Ordinal) && usual is null or IEqualityComparer<string>);

    /// <summary>The value of a pair, of a map that only says that it is one.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The pairs of the framework keep their members.")]
    internal static object? ValueOf(object pair) => pair.GetType().GetProperty("Value")?.GetValue(pair);
}
