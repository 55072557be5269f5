namespace FuelSessions.Engine;

/// <summary>What the app sees and does in its session's variables and flash variables: each change in turn, and refused aloud if it would be lost.</summary>
internal sealed partial class SessionTransaction
{
    /// <param name="asTree">Whether it is one of many: what is taken apart for it serves the next ones too.</param>
    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json, bool asTree = false)
    {
        UseNow();
        lock (_content)
        {
            return asTree ? _content.Current.Data.TryGetInTree(path, out json) : _content.Current.Data.TryGet(path, out json);
        }
    }

    internal IReadOnlyCollection<string> Names()
    {
        UseNow();
        lock (_content)
        {
            return [.. _content.Current.Data.Names];
        }
    }

    internal TChange Apply<TChange>(TChange change)
        where TChange : Change
    {
        lock (_content)
        {
            BeginChange();
            _content.Apply(change);
            return change;
        }
    }

    internal void Clear() => Apply(new ClearVariables());

    /// <summary>
    /// What was just stored past this transaction, by its driver, is not undone by a <see cref="Clear"/> that came before it and
    /// is only to be saved.
    /// </summary>
    internal void KeepThroughClear(VariablePath path) => _content.Keep(path);

    /// <summary>All of them or, if one is refused, none.</summary>
    internal void ApplyAll(IReadOnlyList<Change> changes)
    {
        lock (_content)
        {
            BeginChange();
            _content.ApplyAll(changes);
        }
    }

    internal void SetFlash(VariablePath key, byte[] json)
    {
        lock (_content)
        {
            Apply(new SetFlashVariable(key, json));
            _content.Ages.Renew(key.Name);
        }
    }

    /// <param name="expire">Whether the read consumes the variable; null: by the settings.</param>
    internal bool TryGetFlash(VariablePath key, bool? expire, out ReadOnlyMemory<byte> json)
    {
        UseNow();
        lock (_content)
        {
            bool found = _content.TryGetFlash(key, out json);
            if (found && !_visit.KeepsFlash)
            {
                Unsaved();
                _content.Ages.Read(key.Name, expire, Options.FlashExpireAfterGet);
            }

            return found;
        }
    }

    internal IReadOnlyList<string> FlashNames()
    {
        UseNow();
        lock (_content)
        {
            return [.. _content.FlashNames];
        }
    }

    internal void KeepFlash(string name)
    {
        UseNow();
        lock (_content)
        {
            if (_content.TryGetFlash(VariablePath.Whole(name), out ReadOnlyMemory<byte> json))
            {
                Apply(new KeepFlashVariable(name, json));
                _content.Ages.Keep(name);
            }
        }
    }

    internal void RemoveFlash(VariablePath key)
    {
        lock (_content)
        {
            Apply(new RemoveFlashVariable(key));
            _content.Ages.Remove(key);
        }
    }

    internal void ClearFlash()
    {
        lock (_content)
        {
            Apply(new ClearFlashVariables());
            _content.Ages.Forget();
        }
    }

    // Every change passes here: what would be lost silently is refused aloud.
    /// <param name="leaves">Whether the session that was found stays as it is, and another one begins.</param>
    private void BeginChange(bool revive = true, bool ends = false, bool leaves = false)
    {
        UseNow();
        Unsaved();
        _progress.IsTold = false;
        if (IsClosed && !ends)
        {
            throw new InvalidOperationException("The session was closed; a change would be lost. Forge it again to go on, or close it later.");
        }

        if (_visit.Boundary.IsReadOnly)
        {
            throw new InvalidOperationException("The endpoint uses its session read-only (SessionEndpoint metadata); a change would be lost. Remove the metadata, or don't change the session.");
        }

        if (!ends && !leaves && ReadOnlyByBinding is { } refusal)
        {
            throw refusal;
        }

        if (_visit.Storage.IsCarried && _visit.Boundary.HeadersSent)
        {
            throw new InvalidOperationException(
                $"A session of driver '{Driver}' can't be changed after the response headers were sent: they carry its content. Change it before writing the response; for a hub or a circuit, in an ordinary request before it.");
        }

        if (!revive)
        {
            return;
        }

        if (State is SessionState.New or SessionState.Destroyed && _visit.Boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        if (State == SessionState.Destroyed)
        {
            ThrowIfByToken();
            BeginNew();
        }
    }

    private void ThrowIfByToken()
    {
        if (_standing is { IsByToken: true })
        {
            throw new InvalidOperationException("A request that came with a token can't begin another session: whoever holds a token learns no id. Let the client come with its own id, or with none.");
        }
    }

    private static InvalidOperationException TooLate(string what) => new(
        $"A session can't be {what} after the response headers were sent: its id could not reach the client any more. "
        + "Use the session before writing the response; for a hub or a circuit, in an ordinary request before it.");

    private SessionStoreException TokenLost() => new(
        $"The token that was made of session {Key.Fingerprint} on driver '{Driver}' is not good: its id was rotated meanwhile, and its tokens were given another secret. Ask for the token again.");
}
