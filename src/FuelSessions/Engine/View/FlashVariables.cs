namespace FuelSessions.Engine;

/// <summary>
/// What this request knows of each flash variable. Only that is kept here; values are in the flash
/// <see cref="VariableMap"/>, under namespace and name.
/// </summary>
/// <param name="loaded">The version of the record that the request found: what has a later stamp no earlier request has left.</param>
internal sealed class FlashVariables(long loaded)
{
    private enum Age : byte
    {
        New,
        Kept,
        Loaded,
        Expiring,
    }

    private readonly Dictionary<string, Age> _ages = new(StringComparer.Ordinal);

    // What is to be removed from the record, and the stamp it was seen with: a variable that another request has set anew since has a later one and stays [D2].
    private List<(string Name, long Stamp)>? _expiring;

    // Seen in this request, though a save has already removed them from the record.
    private Dictionary<string, ReadOnlyMemory<byte>>? _expired;

    /// <summary>The first use of the session in a request ages what an earlier one left.</summary>
    internal void Load(VariableMap flash, bool autoExpire)
    {
        foreach (string name in flash.Names)
        {
            if (flash.StampOf(name) <= loaded)
            {
                _ages[name] = autoExpire ? Age.Expiring : Age.Loaded;
            }
        }
    }

    /// <summary>What was done and is not stored does not count any more. What was kept, and is stored, has a later stamp.</summary>
    /// <param name="flash">What is stored.</param>
    /// <param name="autoExpire">As for what was found; null: the session began in this request, and nothing of it was.</param>
    internal void Reset(VariableMap flash, bool? autoExpire)
    {
        foreach ((string name, Age age) in _ages)
        {
            if (age != Age.Kept)
            {
                _ages.Remove(name);
            }
        }

        (_expired, _expiring) = (null, null);
        if (autoExpire is { } expires)
        {
            Load(flash, expires);
        }
    }

    internal void Renew(string name) => _ages[name] = Age.New;

    internal void Keep(string name) => _ages[name] = Age.Kept;

    internal void Forget()
    {
        _ages.Clear();
        (_expired, _expiring) = (null, null);
    }

    /// <summary>What another request has set anew is a new one to this one, which has not seen it: nothing that was known of its name holds.</summary>
    /// <param name="shown">What is shown from now on.</param>
    /// <param name="known">The version that was shown until now: what has a later stamp was set since.</param>
    /// <param name="written">The version that this request itself has stored since; null: none.</param>
    internal void ForgetReplaced(VariableMap shown, long known, long? written)
    {
        foreach (string name in _ages.Keys)
        {
            if (shown.StampOf(name) is { } stamp && stamp > known && stamp != written)
            {
                _ages.Remove(name);
            }
        }
    }

    /// <summary>What has ended is not to be seen any more.</summary>
    internal void Hide() => _expired = null;

    internal void Remove(VariablePath key)
    {
        if (key.IsWhole)
        {
            _ages.Remove(key.Name);
            _expired?.Remove(key.Name);
        }
        else if (_expired is not null && _expired.TryGetValue(key.Name, out ReadOnlyMemory<byte> whole))
        {
            var shown = new Variable(key.Name, whole, stamp: 0);
            shown.Remove(key.Rest);
            _expired[key.Name] = shown.Json;
        }
    }

    /// <summary>Those that a save has removed already, and that this request still sees.</summary>
    internal IEnumerable<string> Expired => _expired?.Keys ?? Enumerable.Empty<string>();

    internal bool TryGetExpired(VariablePath key, out ReadOnlyMemory<byte> json)
    {
        json = default;
        return _expired is not null
            && _expired.TryGetValue(key.Name, out ReadOnlyMemory<byte> whole)
            && JsonElementPath.TryFind(whole, key.Rest, out json, out System.Text.Json.JsonTokenType at)
            && at == System.Text.Json.JsonTokenType.None;
    }

    /// <summary>A hit counts as a read; whether it consumes the variable depends on where it came from.</summary>
    /// <param name="expire">What the caller asked for; null: by the rules.</param>
    /// <param name="expireAfterGet">The rule for a variable that this request has set.</param>
    internal void Read(string name, bool? expire, bool expireAfterGet)
    {
        bool consume = _ages.GetValueOrDefault(name) switch
        {
            Age.New => expire ?? expireAfterGet,
            Age.Kept => expire ?? false,
            Age.Loaded => expire ?? true,
            _ => false,
        };
        if (consume)
        {
            _ages[name] = Age.Expiring;
        }
    }

    /// <summary>Whether a save has something to remove.</summary>
    internal bool IsExpiring => _expiring is not null;

    /// <summary>Those that end with the request end now.</summary>
    internal void Expire(VariableMap flash)
    {
        foreach ((string name, Age age) in _ages)
        {
            if (age == Age.Expiring && flash.StampOf(name) is { } stamp && flash.TryGetWhole(name, out ReadOnlyMemory<byte> json))
            {
                (_expired ??= new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal))[name] = json;
                (_expiring ??= []).Add((name, stamp));
            }
        }

        RemoveExpiring(flash);
    }

    /// <summary>They are removed, or are not to be any more.</summary>
    internal void DropExpiring() => _expiring = null;

    /// <summary>Removes from another record's what has ended here.</summary>
    internal void RemoveExpiring(VariableMap? flash)
    {
        foreach ((string name, long stamp) in _expiring ?? [])
        {
            if (flash?.StampOf(name) == stamp)
            {
                flash.Remove(VariablePath.Whole(name));
            }
        }
    }
}
