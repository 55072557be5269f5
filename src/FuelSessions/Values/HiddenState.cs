using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>
/// State that a contract does not show. What a member only computes from others is not lost, and only the fields of a type can tell.
/// Where they were trimmed away, nothing is found.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields that were trimmed away are not found, and then nothing is refused.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
internal static class HiddenState
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Whether a member without a setter may hold something, rather than compute it.</summary>
    internal static bool MayHold(JsonTypeInfo info, JsonPropertyInfo property)
    {
        if (property.AttributeProvider is FieldInfo || property.AttributeProvider is not MemberInfo member)
        {
            return property.AttributeProvider is FieldInfo;
        }

        List<FieldInfo> fields = Fields(info.Type);
        if (fields.Exists(field => AutoPropertyOf(field) == member.Name))
        {
            return true;
        }

        // Each property with a setter that is written out may have one field of its own; more hold something else.
        int plain = fields.Count(field => !field.IsPublic && AutoPropertyOf(field) is null);
        int explained = info.Properties.Count(other => (other.Set is not null || other.AssociatedParameter is not null)
            && other.AttributeProvider is PropertyInfo settable && !fields.Exists(field => AutoPropertyOf(field) == settable.Name));
        return plain > explained;
    }

    /// <summary>A property that holds something and that the contract does not have, as it is not public; null if there is none.</summary>
    internal static string? OfObject(JsonTypeInfo info)
    {
        HashSet<string> known = [];
        foreach (JsonPropertyInfo property in info.Properties)
        {
            if (property.AttributeProvider is not MemberInfo member)
            {
                return null;
            }

            known.Add(member.Name);
        }

        return known.Count == 0 ? null : Fields(info.Type)
            .Select(field => (Field: field, Property: AutoPropertyOf(field)))
            .Where(held => held.Property is not null && !known.Contains(held.Property)
                && held.Field.DeclaringType!.GetProperty(held.Property, Declared)?.IsDefined(typeof(JsonIgnoreAttribute)) == false)
            .Select(held => held.Property)
            .FirstOrDefault();
    }

    /// <summary>What a collection holds beside its elements; null if that is nothing.</summary>
    internal static string? OfCollection(Type type)
    {
        bool inherits = false;
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            inherits |= at != type && IsOfTheFramework(at) && at != typeof(object);
        }

        return IsOfTheFramework(type) ? null : Fields(type)
            .Where(field => !IsOfTheFramework(field.DeclaringType!))
            .Select(field => AutoPropertyOf(field) ?? (inherits ? field.Name : null))
            .FirstOrDefault(static name => name is not null);
    }

    /// <summary>A collection that a query or a collection expression has made: nobody can ask for it by its type.</summary>
    internal static bool IsNameless(Type type) => type.Name[0] == '<' || (!type.IsVisible && IsOfTheFramework(type));

    /// <summary>A type that code writes without a name: nothing outside the method can ask for it.</summary>
    internal static bool IsAnonymous(Type type) => type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal);

    private static bool IsOfTheFramework(Type type) => type.Assembly.GetName().Name is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "mscorlib");

    private static List<FieldInfo> Fields(Type type)
    {
        List<FieldInfo> fields = [];
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
        {
            fields.AddRange(at.GetFields(Declared).Where(static field => !typeof(Delegate).IsAssignableFrom(field.FieldType)));
        }

        return fields;
    }

    private static string? AutoPropertyOf(FieldInfo field) =>
        field.Name is ['<', .. string name] && name.EndsWith(">k__BackingField", StringComparison.Ordinal) ? name[..^">k__BackingField".Length] : null;
}
