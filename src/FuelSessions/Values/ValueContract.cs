using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>
/// What the serialiser's contract for a type says about its values: whether they come back as what they were, for a reason that
/// lies in the type (<see cref="Refusal"/>), or in one value, which <see cref="ValueLoss"/> looks for where it can be.
/// </summary>
internal sealed class ValueContract
{
    private readonly ValueFormat _format;
    private readonly string? _ownRefusal;
    private Judgement? _judged;

    internal ValueContract(Type type, ValueFormat format)
    {
        Type = type;
        _format = format;
        if (format.IsUnchecked(type) || !format.Options.TryGetTypeInfo(type, out JsonTypeInfo? info))
        {
            return;
        }

        Form = info.Converter is OpenSlot ? ValueForm.Open : typeof(JsonNode).IsAssignableFrom(type) ? ValueForm.Tree : ValueForm.Other;
        if (StackInOrder.ElementOf(info) is { } element)
        {
            Members.Add(new Member("[]", null, element));
        }
        else if (info.Converter.GetType().Assembly != typeof(JsonSerializer).Assembly)
        {
            return;
        }

        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                _ownRefusal = Unreadable(info) ?? AddMembers(info);
                IsExact = !type.IsSealed && !type.IsValueType && info.PolymorphismOptions is null;
                break;
            case JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary:
                Form = info.Kind == JsonTypeInfoKind.Dictionary ? ValueForm.Map : ValueForm.List;
                Beside = HiddenState.OfCollection(type) is { } lost ? $"'{lost}' is no element of the collection and is not stored" : null;
                _ownRefusal = Beside is not null ? Beside
                    : StackInOrder.IsReversed(type) ? "its elements would come back in reverse"
                    : Unreadable(info);
                AddElement(info.KeyType, isKey: true);
                AddElement(info.ElementType);
                Comparer = KeyComparer.Of(info);
                IsExact = !type.IsSealed && !type.IsInterface && !type.IsAbstract && !type.IsValueType && !type.IsArray;
                break;
        }
    }

    internal Type Type { get; }

    internal ValueForm Form { get; }

    /// <summary>Whether a value of a derived type would come back as one of this type.</summary>
    internal bool IsExact { get; }

    internal List<Member> Members { get; } = [];

    /// <summary>What its collections compare keys with; null: they don't.</summary>
    internal KeyComparer? Comparer { get; }

    /// <summary>What of its collections is lost beside their elements, and why; null: nothing.</summary>
    internal string? Beside { get; }

    /// <summary>The member because of which no value of the type is safe, and why; null if there is none.</summary>
    internal string? Refusal => Judged.Refusal;

    internal bool NeedsCheck => Judged.NeedsCheck;

    /// <summary>Whether anything in it is declared as <c>object</c>.</summary>
    internal bool HasOpenSlots => Judged.HasOpenSlots;

    private Judgement Judged => _judged ??= Judge();

    private Judgement Judge()
    {
        // A type may contain itself: each is looked at once.
        HashSet<Type> seen = [Type];
        Queue<(ValueContract Contract, string Place)> waiting = new([(this, Type.Name)]);
        bool needsCheck = false, hasOpenSlots = false;
        while (waiting.TryDequeue(out (ValueContract Contract, string Place) next))
        {
            if (next.Contract._ownRefusal is { } reason)
            {
                return new Judgement($"'{next.Place}': {reason}", false, false);
            }

            hasOpenSlots |= next.Contract.Form == ValueForm.Open;
            needsCheck |= next.Contract.Comparer is not null || next.Contract.Form is ValueForm.Open or ValueForm.Tree;
            foreach (Member member in next.Contract.Members)
            {
                ValueContract child = _format.ContractOf(member.Type);
                needsCheck |= child.IsExact || (member.Type.IsInterface && child.Members.Count > 0);
                if (seen.Add(member.Type))
                {
                    waiting.Enqueue((child, member.Property is null ? next.Place + member.Name : $"{next.Place}.{member.Name}"));
                }
            }
        }

        return new Judgement(null, needsCheck, hasOpenSlots);
    }

    private void AddElement(Type? element, bool isKey = false)
    {
        if (element is not null)
        {
            Members.Add(new Member("[]", null, element, isKey));
        }
    }

    private string? AddMembers(JsonTypeInfo info)
    {
        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.DerivedType != info.Type)
            {
                Members.Add(new Member("", null, derived.DerivedType));
            }
        }

        foreach (JsonPropertyInfo property in info.Properties)
        {
            if (property.Get is null)
            {
                continue;
            }

            if (property.Set is null && property.AssociatedParameter is null && property.ObjectCreationHandling != JsonObjectCreationHandling.Populate)
            {
                if (HiddenState.MayHold(info, property))
                {
                    return $"'{property.Name}' is stored, and nothing sets it when the value is read: give it a public setter or a constructor parameter of its name, "
                        + "or [JsonInclude]; [JsonIgnore] if it need not be stored";
                }
            }
            else if (property.CustomConverter is null)
            {
                Members.Add(new Member(property.Name, property, property.PropertyType));
            }
        }

        return HiddenState.OfObject(info) is { } hidden ? $"'{hidden}' is not public and is not stored: mark it [JsonInclude] or [JsonIgnore]" : null;
    }

    // Asks the serialiser, with JSON that ends before anything is read: what it can't make at all it says before.
    private static string? Unreadable(JsonTypeInfo info)
    {
        if (info is { Kind: JsonTypeInfoKind.Object, Properties.Count: 0 } || info.PolymorphismOptions is not null || HiddenState.IsNameless(info.Type))
        {
            return null;
        }

        try
        {
            JsonSerializer.Deserialize(info.Kind == JsonTypeInfoKind.Enumerable ? "["u8 : "{"u8, info);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return $"a '{info.Type}' can be written, and not be read again ({error.Message.Split('\n', 2)[0]})";
        }
        catch (Exception)
        {
            // It begins to read; that nothing comes was to be expected.
        }

        return null;
    }

    private sealed record Judgement(string? Refusal, bool NeedsCheck, bool HasOpenSlots);

    internal sealed record Member(string Name, JsonPropertyInfo? Property, Type Type, bool IsKey = false);
}
