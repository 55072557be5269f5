using System.Collections;
using System.Text.Json.Nodes;

namespace FuelSessions.Values;

/// <summary>What of one value would not come back as it is, and where it is in it.</summary>
/// <param name="Place">Put together on the way back, so that nothing is made where nothing is lost.</param>
internal sealed record ValueLoss(string Place, string Reason)
{
    /// <summary>Null if nothing is lost. The value has no cycles: it was serialised before.</summary>
    internal static ValueLoss? Find(object value, ValueContract contract, ValueFormat format)
    {
        if (OfComparer(value, contract) is { } comparer)
        {
            return comparer;
        }

        if (contract.Form == ValueForm.Tree && TreeText.IsBroken((JsonNode)value))
        {
            return new ValueLoss("", "holds text with half of a surrogate pair, which can't be stored without loss");
        }

        foreach (ValueContract.Member member in contract.Members)
        {
            ValueContract declared = format.ContractOf(member.Type);
            if (!member.IsKey && (declared.IsExact || declared.NeedsCheck || member.Type.IsInterface) && FindIn(value, contract, member, declared, format) is { } loss)
            {
                return loss with { Place = $"{(member.Property is null ? "" : ".")}{member.Name}{loss.Place}" };
            }
        }

        return null;
    }

    private static ValueLoss? OfComparer(object value, ValueContract contract) => contract.Comparer?.UnusualOf(value) is { } comparer
        ? new ValueLoss("", $"has a comparer of its own ({comparer.GetType().Name}), which is not stored")
        : null;

    private static ValueLoss? FindIn(object value, ValueContract contract, ValueContract.Member member, ValueContract declared, ValueFormat format)
    {
        if (member.Property is { Get: { } get })
        {
            return FindPart(get(value), declared, format);
        }

        foreach (object? part in Parts(value, contract.Form == ValueForm.Map))
        {
            if (FindPart(part, declared, format) is { } loss)
            {
                return loss;
            }
        }

        return null;
    }

    // A query would run once more.
    private static IEnumerable Parts(object value, bool isMap) =>
        isMap && value is IDictionary map ? map.Values
        : isMap ? ((IEnumerable)value).Cast<object>().Select(KeyComparer.ValueOf)
        : value is ICollection || !HiddenState.IsNameless(value.GetType()) ? (IEnumerable)value : Array.Empty<object>();

    private static ValueLoss? FindPart(object? part, ValueContract declared, ValueFormat format)
    {
        if (part is null)
        {
            return null;
        }

        Type actual = part.GetType();
        if (declared.Form == ValueForm.Open && OpenSlot.ChangesInto(part) is { } other && !format.IsUnchecked(actual))
        {
            return new ValueLoss("", $"holds a '{actual}' where 'object' is declared, and would come back as {other}: declare its type");
        }

        if (actual == declared.Type)
        {
            return Find(part, declared, format);
        }

        if (declared.IsExact)
        {
            return new ValueLoss("", $"holds a '{actual}' where '{declared.Type}' is declared, and would come back as the latter");
        }

        // An interface, or an array of another type: the serialiser goes by what is declared, and its elements with it.
        ValueContract own = format.ContractOf(actual);
        return declared.Form is not (ValueForm.List or ValueForm.Map) ? Find(part, own, format)
            : own.Beside is { } beside ? new ValueLoss("", $"holds a '{actual}': {beside}")
            : OfComparer(part, own) ?? Find(part, declared, format);
    }
}
