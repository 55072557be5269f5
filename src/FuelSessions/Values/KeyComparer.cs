using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>What the sets or maps of a type compare their keys with, which JSON does not hold.</summary>
internal sealed class KeyComparer
{
    private readonly Func<object, object?> _read;
    private readonly object? _usual;

    private KeyComparer(Func<object, object?> read, JsonTypeInfo info) => (_read, _usual) = (read, info.CreateObject is { } create ? read(create()) : null);

    /// <summary>Null for a type that has none.</summary>
    internal static KeyComparer? Of(JsonTypeInfo info) => Reader(info.Type) is { } read ? new KeyComparer(read, info) : null;

    /// <summary>A comparer that the collection would not have when it is read again; null if it would. Ordinal is what text is compared by where nothing is said.</summary>
    internal object? UnusualOf(object collection) =>
        _read(collection) is { } comparer
        && !comparer.Equals(_usual)
        && !(ReferenceEquals(comparer, StringComparer.Ordinal) && _usual is null or IEqualityComparer<string>)
            ? comparer
            : null;

    /// <summary>The value of a pair, of a map that only says that it is one.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The pairs of the framework keep their members.")]
    internal static object? ValueOf(object pair) => pair.GetType().GetProperty("Value")?.GetValue(pair);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A comparer that was trimmed away is not compared.")]
    private static Func<object, object?>? Reader(Type type)
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
}
