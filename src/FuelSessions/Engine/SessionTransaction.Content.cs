namespace FuelSessions.Engine;

/// <summary>
/// Variables and flash variables of a transaction. Code of one request that uses them from several threads at once takes turns, so that
/// nothing is lost; a lock that nobody else wants costs nanoseconds and no memory.
/// </summary>
internal sealed partial class SessionTransaction
{
    /// <param name="asTree">Whether it is one of many: what is taken apart for it serves the next ones too.</param>
    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json, bool asTree = false)
    {
        UseNow();
        lock (Turn)
        {
            return asTree ? _data.TryGetInTree(path, out json) : _data.TryGet(path, out json);
        }
    }

    internal IReadOnlyCollection<string> Names()
    {
        UseNow();
        lock (Turn)
        {
            return [.. _data.Names];
        }
    }

    internal TChange Apply<TChange>(TChange change)
        where TChange : IChange
    {
        lock (Turn)
        {
            BeginChange();
            change.Apply(_data, _flash, lenient: false);
            _changes.Add(change);
            return change;
        }
    }

    internal void Clear()
    {
        lock (Turn)
        {
            Apply(new ClearVariables(LastClear));
        }
    }

    /// <summary>
    /// What was just stored past this transaction, by its driver, is not undone by a <see cref="Clear"/> that came before it and
    /// is only to be saved.
    /// </summary>
    internal void KeepThroughClear(VariablePath path) => LastClear?.Keep(path);

    /// <summary>All of them or, if one is refused, none.</summary>
    internal void ApplyAll(IReadOnlyList<IChange> changes)
    {
        lock (Turn)
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
    }

    internal void SetFlash(VariablePath key, byte[] json)
    {
        lock (Turn)
        {
            Apply(new SetFlashVariable(key, json));
            _flashAges.Renew(key.Name);
        }
    }

    /// <param name="expire">Whether the read consumes the variable; null: by the settings.</param>
    internal bool TryGetFlash(VariablePath key, bool? expire, out ReadOnlyMemory<byte> json)
    {
        UseNow();
        lock (Turn)
        {
            bool found = _flashAges.TryGet(_flash, key, out json);
            if (found && !KeepsFlash)
            {
                Unsaved();
                _flashAges.Read(key.Name, expire, Options.FlashExpireAfterGet);
            }

            return found;
        }
    }

    internal IReadOnlyList<string> FlashNames()
    {
        UseNow();
        lock (Turn)
        {
            return [.. _flashAges.Names(_flash)];
        }
    }

    internal void KeepFlash(string name)
    {
        UseNow();
        lock (Turn)
        {
            if (_flashAges.TryGet(_flash, VariablePath.Whole(name), out ReadOnlyMemory<byte> json))
            {
                Apply(new KeepFlashVariable(name, json));
                _flashAges.Keep(name);
            }
        }
    }

    internal void RemoveFlash(VariablePath key)
    {
        lock (Turn)
        {
            Apply(new RemoveFlashVariable(key));
            _flashAges.Remove(key);
        }
    }

    // An object of its own would be one more for each request.
    private object Turn => _flashAges;

    private ClearVariables? LastClear => _changes.Last<ClearVariables>();

    internal void ClearFlash()
    {
        lock (Turn)
        {
            Apply(new ClearFlashVariables());
            _flashAges.Forget();
        }
    }
}
