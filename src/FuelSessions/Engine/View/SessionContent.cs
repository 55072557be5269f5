using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// The variables as the app sees them, and what it has done to them: kept apart from what is stored, so that it can be done again on top of what
/// another request has stored meanwhile [W2, W3].
/// </summary>
internal sealed class SessionContent
{
    private ChangeList _changes;
    private FlashVariables? _ages;
    private Variables _current;

    /// <summary>What the request knows of each flash variable.</summary>
    internal FlashVariables Ages => _ages ??= new FlashVariables(loaded: 0);

    internal Variables Current => _current;

    internal bool HasFlash => _current.Flash is not null;

    internal bool HasChanges => !_changes.IsEmpty;

    /// <summary>What the request did last; null: nothing that is not stored.</summary>
    internal Change? LastChange => _changes.Last;

    /// <summary>Whether something is to be written for it.</summary>
    internal bool IsChanged => HasChanges || _ages is { IsExpiring: true };

    /// <summary>What the app sees from now on, with what it has done in it.</summary>
    internal void Show(Variables variables) => _current = variables;

    internal IEnumerable<string> FlashNames => (_current.Flash?.Names ?? []).Union(_ages?.Expired ?? []);

    internal bool TryGetFlash(VariablePath key, out ReadOnlyMemory<byte> json)
    {
        json = default;
        return _current.Flash?.TryGet(key, out json) is true || _ages?.TryGetExpired(key, out json) is true;
    }

    /// <summary>The first use of the session in a request ages the flash variables that an earlier one left.</summary>
    /// <param name="loaded">The version of the record, if it is the first use.</param>
    internal void Age(bool autoExpire, long loaded)
    {
        if (_current.Flash is { } flash)
        {
            (_ages ??= new FlashVariables(loaded)).Load(flash, autoExpire);
        }
    }

    /// <summary>What is stored is shown again, with flash variables as old as they were.</summary>
    internal void Reset(bool? autoExpire)
    {
        _changes.Clear();
        _ages?.Reset(_current.Flash ?? new VariableMap(), autoExpire);
    }

    /// <summary>What is stored past the request's changes is not undone by them.</summary>
    internal void Keep(VariablePath path) => _changes.Keep(path);

    /// <summary>What was done up to that change is stored. What another thread of the request has done since is still to be, and is shown.</summary>
    /// <param name="known">The version that the request knew of until then.</param>
    /// <param name="written">The version that this request has stored; null: another one has.</param>
    internal void Settle(Variables stored, Change? last, long known, long? written)
    {
        _changes.Drop(last);
        _ages?.DropExpiring();
        if (!ReferenceEquals(stored.Data, _current.Data))
        {
            Rebase(stored, known, written);
        }
    }

    /// <summary>What was done is stored, or given up.</summary>
    internal void DropChanges()
    {
        _changes.Clear();
        _ages?.DropExpiring();
    }

    /// <summary>Nothing is shown any more; what was done stays.</summary>
    internal void Hide()
    {
        _ages?.Forget();
        _current = Variables.None;
    }

    internal void Empty()
    {
        DropChanges();
        Hide();
    }

    internal void Apply(Change change)
    {
        _current.Apply(change, lenient: false);
        _changes.Add(change);
    }

    /// <summary>All of them or, if one is refused, none.</summary>
    internal void ApplyAll(IReadOnlyList<Change> changes)
    {
        ReadOnlyMemory<byte> before = _current.Data.Encode(stamp: 0);
        try
        {
            foreach (Change change in changes)
            {
                _current.Apply(change, lenient: false);
            }
        }
        catch
        {
            // In place: a save that is under way knows by that what is shown.
            _current.Data.Become(before);
            throw;
        }

        foreach (Change change in changes)
        {
            _changes.Add(change);
        }
    }

    /// <summary>Another basis is shown, with what this request has done on top of it.</summary>
    /// <param name="known">The version of what was shown until now.</param>
    /// <param name="written">The version that this request has stored since; null: it is another one's.</param>
    internal void Rebase(Variables basis, long known, long? written)
    {
        _current = basis;
        _changes.Replay(ref _current);
        if (_current.Flash is { } flash)
        {
            _ages?.ForgetReplaced(flash, known, written);
        }
    }

    /// <summary>What ends with the request ends with this save.</summary>
    internal void Expire()
    {
        if (_current.Flash is { } flash)
        {
            _ages?.Expire(flash);
        }
    }

    /// <summary>What is to be stored in that record's place.</summary>
    /// <param name="isRead">Whether it is the one that the request has read.</param>
    internal Variables On(SessionRecord basis, bool isRead)
    {
        if (isRead)
        {
            return _current;
        }

        var merged = Variables.Of(basis);
        _changes.Replay(ref merged);
        _ages?.RemoveExpiring(merged.Flash);
        return merged;
    }
}
