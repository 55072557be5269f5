using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>
/// What the serialiser's contract for a type says about its values: whether they come back as what they were, for a reason that
/// lies in the type (<see cref="Refusal"/>) or in one value (<see cref="Check"/>, which is only called where something can be found).
/// </summary>
internal sealed class ValueContract
{
    private readonly ValueFormat _format;
    private readonly Type _type;
    private readonly string? _ownRefusal;
    private readonly List<Member> _members = [];
    private readonly Func<object, object?>? _comparer;
    private readonly object? _usualComparer;
    private readonly bool _isExact;
    private readonly bool _isOpen;
    private readonly bool _isTree;
    private readonly bool _isCollection;
    private readonly bool _isMap;
    private readonly string? _beside;
    private Judgement? _judged;

    internal ValueContract(Type type, ValueFormat format)
    {
        _type = type;
        _format = format;
        if (format.IsUnchecked(type) || !format.Options.TryGetTypeInfo(type, out JsonTypeInfo? info))
        {
            return;
        }

        _isOpen = info.Converter is OpenSlot;
        _isTree = typeof(JsonNode).IsAssignableFrom(type);
        if (StackInOrder.ElementOf(info) is { } element)
        {
            _members.Add(new Member("[]", null, element));
        }
        else if (info.Converter.GetType().Assembly != typeof(JsonSerializer).Assembly)
        {
            return;
        }

        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                _ownRefusal = Unreadable(info) ?? AddMembers(info);
                _isExact = !type.IsSealed && !type.IsValueType && info.PolymorphismOptions is null;
                break;
            case JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary:
                _isCollection = true;
                _isMap = info.Kind == JsonTypeInfoKind.Dictionary;
                _beside = HiddenState.OfCollection(type) is { } lost ? $"'{lost}' is no element of the collection and is not stored" : null;
                _ownRefusal = _beside is not null ? _beside
                    : StackInOrder.IsReversed(type) ? "its elements would come back in reverse"
                    : Unreadable(info);
                AddElement(info.KeyType, isKey: true);
                AddElement(info.ElementType);
                _comparer = KeyComparer.Of(type);
                _usualComparer = _comparer is not null && info.CreateObject is { } create ? _comparer(create()) : null;
                _isExact = !type.IsSealed && !type.IsInterface && !type.IsAbstract && !type.IsValueType && !type.IsArray;
                break;
        }
    }

    /// <summary>The member because of which no value of the type is safe, and why; null if there is none.</summary>
    internal string? Refusal => Judged.Refusal;

    internal bool NeedsCheck => Judged.NeedsCheck;

    /// <summary>Whether anything in it is declared as <c>object</c>.</summary>
    internal bool HasOpenSlots => Judged.HasOpenSlots;

    private Judgement Judged => _judged ??= Judge();

    /// <summary>What of this value would be lost, and why; null if nothing. It has no cycles: it was serialised before.</summary>
    internal string? Check(object value) => Find(value) is { } loss ? $"'{_type.Name}{loss.Place}' {loss.Reason}" : null;

    // The place is put together on the way back, so that nothing is made where nothing is lost.
    private Loss? Find(object value)
    {
        if (FindComparer(value) is { } comparer)
        {
            return comparer;
        }

        if (_isTree && TreeText.IsBroken((JsonNode)value))
        {
            return new Loss("", "holds text with half of a surrogate pair, which can't be stored without loss");
        }

        foreach (Member member in _members)
        {
            ValueContract declared = _format.ContractOf(member.Type);
            if (!member.IsKey && (declared._isExact || declared.NeedsCheck || member.Type.IsInterface) && FindIn(value, member, declared) is { } loss)
            {
                return loss with { Place = $"{(member.Property is null ? "" : ".")}{member.Name}{loss.Place}" };
            }
        }

        return null;
    }

    private Loss? FindComparer(object value) => _comparer is not null && _comparer(value) is { } comparer && !KeyComparer.IsUsual(comparer, _usualComparer)
        ? new Loss("", $"has a comparer of its own ({comparer.GetType().Name}), which is not stored")
        : null;

    private Loss? FindIn(object value, Member member, ValueContract declared)
    {
        if (member.Property is { Get: { } get })
        {
            return FindPart(get(value), declared);
        }

        if (value is IList list && !_isMap)
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (FindPart(list[i], declared) is { } loss)
                {
                    return loss;
                }
            }

            return null;
        }

        foreach (object? part in Parts(value))
        {
            if (FindPart(part, declared) is { } loss)
            {
                return loss;
            }
        }

        return null;
    }

    // A query would run once more.
    private IEnumerable Parts(object value) =>
        _isMap && value is IDictionary map ? map.Values
        : _isMap ? ((IEnumerable)value).Cast<object>().Select(KeyComparer.ValueOf)
        : value is ICollection || !HiddenState.IsNameless(value.GetType()) ? (IEnumerable)value : Array.Empty<object>();

    private Loss? FindPart(object? part, ValueContract declared)
    {
        if (part is null)
        {
            return null;
        }

        Type actual = part.GetType();
        if (declared._isOpen && OpenSlot.ChangesInto(part) is { } other && !_format.IsUnchecked(actual))
        {
            return new Loss("", $"holds a '{actual}' where 'object' is declared, and would come back as {other}: declare its type");
        }

        if (actual == declared._type)
        {
            return declared.Find(part);
        }

        if (declared._isExact)
        {
            return new Loss("", $"holds a '{actual}' where '{declared._type}' is declared, and would come back as the latter");
        }

        // An interface, or an array of another type: the serialiser goes by what is declared, and its elements with it.
        ValueContract own = _format.ContractOf(actual);
        return !declared._isCollection ? own.Find(part)
            : own._beside is { } beside ? new Loss("", $"holds a '{actual}': {beside}")
            : own.FindComparer(part) ?? declared.Find(part);
    }

    private Judgement Judge()
    {
        // A type may contain itself: each is looked at once.
        HashSet<Type> seen = [_type];
        Queue<(ValueContract Contract, string Place)> waiting = new([(this, _type.Name)]);
        bool needsCheck = false, hasOpenSlots = false;
        while (waiting.TryDequeue(out (ValueContract Contract, string Place) next))
        {
            if (next.Contract._ownRefusal is { } reason)
            {
                return new Judgement($"'{next.Place}': {reason}", false, false);
            }

            hasOpenSlots |= next.Contract._isOpen;
            needsCheck |= next.Contract._comparer is not null || next.Contract._isOpen || next.Contract._isTree;
            foreach (Member member in next.Contract._members)
            {
                ValueContract child = _format.ContractOf(member.Type);
                needsCheck |= child._isExact || (member.Type.IsInterface && child._members.Count > 0);
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
            _members.Add(new Member("[]", null, element, isKey));
        }
    }

    private string? AddMembers(JsonTypeInfo info)
    {
        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.DerivedType != info.Type)
            {
                _members.Add(new Member("", null, derived.DerivedType));
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
                _members.Add(new Member(property.Name, property, property.PropertyType));
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

    private sealed record Loss(string Place, string Reason);

    private sealed record Member(string Name, JsonPropertyInfo? Property, Type Type, bool IsKey = false);
}
