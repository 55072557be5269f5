using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// The variables as the app sees them, and what it has done to them: kept apart from what is stored, so that it can be done again on top of what
/// another request has stored meanwhile [W2, W3].
/// </summary>
internal sealed class SessionContent
{
    private ChangeList _changes;
    private List<(string Name, long Stamp)>? _expiring;

    /// <summary>What the request knows of each flash variable.</summary>
    internal FlashVariables Ages;

    internal Variables Current { get; private set; }

    internal bool HasChanges => _changes.Count > 0;

    /// <summary>Whether something is to be written for it.</summary>
    internal bool IsChanged => HasChanges || _expiring is not null;

    internal ClearVariables? LastClear => _changes.Last<ClearVariables>();

    /// <summary>What the app sees from now on, with what it has done in it.</summary>
    internal void Show(Variables variables) => Current = variables;

    /// <summary>What was done is stored, or given up.</summary>
    internal void DropChanges()
    {
        _changes.Clear();
        _expiring = null;
    }

    /// <summary>Nothing is shown any more; what was done stays.</summary>
    internal void Hide()
    {
        Ages.Forget();
        Current = Variables.None;
    }

    internal void Empty()
    {
        DropChanges();
        Hide();
    }

    internal void Apply(IChange change)
    {
        change.Apply(Current.Data, Current.Flash, lenient: false);
        _changes.Add(change);
    }

    /// <summary>All of them or, if one is refused, none.</summary>
    internal void ApplyAll(IReadOnlyList<IChange> changes)
    {
        var before = new VariableMap(Current.Data.Encode(stamp: 0));
        try
        {
            foreach (IChange change in changes)
            {
                change.Apply(Current.Data, Current.Flash, lenient: false);
            }
        }
        catch
        {
            Current = Current with { Data = before };
            throw;
        }

        foreach (IChange change in changes)
        {
            _changes.Add(change);
        }
    }

    /// <summary>Another basis is shown, with what this request has done on top of it.</summary>
    internal void Rebase(Variables basis)
    {
        Current = basis;
        _changes.Replay(basis);
    }

    /// <summary>What ends with the request ends with this save.</summary>
    internal void Expire()
    {
        if (Ages.TakeExpiring(Current.Flash) is { } expiring)
        {
            FlashVariables.Remove(expiring, Current.Flash);
            _expiring = _expiring is null ? expiring : [.. _expiring, .. expiring];
        }
    }

    /// <summary>What is to be stored in that record's place.</summary>
    /// <param name="isRead">Whether it is the one that the request has read.</param>
    internal Variables On(SessionRecord basis, bool isRead)
    {
        if (isRead)
        {
            return Current;
        }

        var merged = Variables.Of(basis);
        _changes.Replay(merged);
        FlashVariables.Remove(_expiring ?? [], merged.Flash);
        return merged;
    }
}
