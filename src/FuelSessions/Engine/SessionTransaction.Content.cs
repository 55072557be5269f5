namespace FuelSessions.Engine;

/// <summary>Variables and flash variables of a transaction.</summary>
internal sealed partial class SessionTransaction
{
    /// <param name="asTree">Whether it is one of many: what is taken apart for it serves the next ones too.</param>
    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json, bool asTree = false)
    {
        UseNow();
        return asTree ? _data.TryGetInTree(path, out json) : _data.TryGet(path, out json);
    }

    internal IReadOnlyCollection<string> Names()
    {
        UseNow();
        return _data.Names;
    }

    internal TChange Apply<TChange>(TChange change)
        where TChange : IChange
    {
        BeginChange();
        change.Apply(_data, _flash, lenient: false);
        _changes.Add(change);
        return change;
    }

    internal void Clear() => Apply(new ClearVariables(LastClear));

    /// <summary>
    /// What was just stored past this transaction, by its driver, is not undone by a <see cref="Clear"/> that came before it and
    /// is only to be saved.
    /// </summary>
    internal void KeepThroughClear(VariablePath path) => LastClear?.Keep(path);

    /// <summary>All of them or, if one is refused, none.</summary>
    internal void ApplyAll(IReadOnlyList<IChange> changes)
    {
        BeginChange();
        var before = new VariableMap(_data.Encode(stamp: 0));
        try
        {
            foreach (IChange change in changes)
            {
                change.Apply(_data, _flash, lenient: false);
            }
        }
        catch
        {
            _data = before;
            throw;
        }

        foreach (IChange change in changes)
        {
            _changes.Add(change);
        }
    }

    internal void SetFlash(VariablePath key, byte[] json)
    {
        Apply(new SetFlashVariable(key, json));
        _flashAges.Renew(key.Name);
    }

    /// <param name="expire">Whether the read consumes the variable; null: by the settings.</param>
    internal bool TryGetFlash(VariablePath key, bool? expire, out ReadOnlyMemory<byte> json)
    {
        UseNow();
        bool found = _flashAges.TryGet(_flash, key, out json);
        if (found && !readOnly)
        {
            _saved = false;
            _flashAges.Read(key.Name, expire, Options.FlashExpireAfterGet);
        }

        return found;
    }

    internal IReadOnlyList<string> FlashNames()
    {
        UseNow();
        return [.. _flashAges.Names(_flash)];
    }

    internal void KeepFlash(string name)
    {
        UseNow();
        if (_flashAges.TryGet(_flash, VariablePath.Whole(name), out ReadOnlyMemory<byte> json))
        {
            Apply(new KeepFlashVariable(name, json));
            _flashAges.Keep(name);
        }
    }

    internal void RemoveFlash(VariablePath key)
    {
        Apply(new RemoveFlashVariable(key));
        _flashAges.Remove(key);
    }

    private ClearVariables? LastClear => _changes.Last<ClearVariables>();

    internal void ClearFlash()
    {
        Apply(new ClearFlashVariables());
        _flashAges.Forget();
    }
}
