using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// One request's work on one session: what it read, what it changed, and what became of it. Knows the rules of the
/// protocol; knows neither HTTP nor a particular driver. This file: how it is loaded and changed. Saving is in the
/// other part.
/// </summary>
internal sealed partial class SessionTransaction(
    EngineServices services,
    SessionStorage storage,
    SessionOptions options,
    IRequestBoundary boundary,
    PresentedId? presented,
    bool readOnly)
{
    private readonly List<IChange> _changes = [];
    private readonly FlashVariables _flashAges = new();
    private VariableMap _data = new();
    private VariableMap _flash = new();
    private SessionKey _key;
    private SessionRecord? _record;
    private (SessionRecord Record, SessionSecret? Secret)? _stored;
    private Exception? _loadFailure;
    private bool _loaded;
    private bool _used;
    private bool _aged;
    private bool _closed;
    private bool _saved;

    // The newest secret known to this request, and what the app is shown of it.
    private SessionSecret? _held;
    private SessionSecret? _shown;
    private SessionSecret? _shownPrevious;
    private Rotation? _rotation;
    private DateTimeOffset _rotated;
    private bool _rotateLater;

    private SessionKey? _doomed;
    private TimeSpan? _newLifetime;
    private string? _principal;
    private DateTimeOffset _began;

    /// <summary>Replaced as a whole when a setting is changed for this request's session.</summary>
    internal SessionOptions Options { get; private set; } = options;

    internal string Driver => storage.Name;

    internal SessionState State { get; private set; }

    internal bool BeganHere { get; private set; }

    internal bool WasExpired { get; private set; }

    internal bool IsUsed => _used;

    internal string? Principal => _principal;

    internal DateTimeOffset Created => _record?.Created ?? _began;

    internal DateTimeOffset Rotated => _rotation is not null ? _rotated : _record?.Rotated ?? _began;

    internal DateTimeOffset Updated => _rotation is not null ? _rotated : _record?.Updated ?? _began;

    internal ulong? IpHash => _record is null ? boundary.Client.IpHash(_key) : _record.IpHash;

    internal SessionKey Key => _key;

    internal uint Epoch => (_record?.Epoch ?? 0) + (_rotation is { Revokes: true } ? 1u : 0u);

    /// <summary>
    /// The id as the app may see it; null once it is destroyed, and for a request that came with a token, which proves
    /// a session and holds no id.
    /// </summary>
    internal SessionId? Id => _shown is { } secret && State != SessionState.Destroyed ? new SessionId(_key, secret) : null;

    /// <summary>The id that is good from now on, as far as it is known.</summary>
    internal SessionId? CurrentId => _held is { } secret ? new SessionId(_key, secret) : null;

    internal SessionId? PreviousId
    {
        get
        {
            if (_shownPrevious is { } shown)
            {
                return new SessionId(_key, shown);
            }

            return _record is { Nonce: { } nonce } record && record.SealedPrevious != UInt128.Zero && _shown is { } current
                && current.Hash().Equals(record.CurrentHash)
                ? new SessionId(_key, current.OpenPrevious(record.SealedPrevious, nonce))
                : Id;
        }
    }

    /// <summary>Reads the record ahead of its use. A failure is kept for whoever uses the session.</summary>
    internal async ValueTask PrefetchAsync()
    {
        if (_loaded || _loadFailure is not null)
        {
            return;
        }

        try
        {
            await LoadCoreAsync().ConfigureAwait(false);
        }
        catch (SessionStoreException error)
        {
            _loadFailure = error;
        }
    }

    /// <summary>From here on the request uses the session.</summary>
    internal async ValueTask UseAsync()
    {
        if (!_loaded)
        {
            ThrowIfLoadFailed();
            await LoadCoreAsync().ConfigureAwait(false);
        }

        Use();
    }

    /// <summary>The same for code that can't wait: reads on the calling thread if nothing was read ahead.</summary>
    internal void UseNow()
    {
        if (_aged)
        {
            return;
        }

        if (!_loaded)
        {
            ThrowIfLoadFailed();
            LoadCore();
        }

        Use();
    }

    /// <summary>The session counts as used, though nothing has been asked of it yet.</summary>
    internal void MarkUsed() => _used = true;

    internal void Reopen() => _closed = false;

    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json)
    {
        UseNow();
        return _data.TryGet(path, out json);
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

        _changes.AddRange(changes);
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
        if (_flashAges.TryGet(_flash, new VariablePath(name, name, []), out ReadOnlyMemory<byte> json))
        {
            Apply(new KeepFlashVariable(name, json));
            _flashAges.Keep(name);
        }
    }

    internal void RemoveFlash(string name)
    {
        Apply(new RemoveFlashVariable(name));
        _flashAges.Remove(name);
    }

    internal void ClearFlash()
    {
        Apply(new ClearFlashVariables());
        _flashAges.Forget();
    }

    /// <summary>Gives the session a new id at once [R9, R10].</summary>
    internal void Rotate(bool revoke)
    {
        BeginChange();
        if (boundary.HeadersSent)
        {
            throw TooLate("rotated");
        }

        switch (State)
        {
            case SessionState.Detached or SessionState.Gone when revoke:
                BeginApart();
                return;
            case SessionState.Detached or SessionState.Gone:
                return;
        }

        if (_rotation is { } earlier && (earlier.Revokes || !revoke))
        {
            return;
        }

        if (revoke)
        {
            Show(Rotation.Revoking(_held));
        }
        else if (_held is not { } held)
        {
            // A token does not hold the id that the next one is derived from: whoever presents the id next rotates it.
            _rotateLater = true;
        }
        else if (_record is not { } record || !PresentsPrevious(record))
        {
            Show(Rotation.Ordinary(held));
        }
    }

    internal void Attach(string? principal)
    {
        UseNow();
        if (string.Equals(principal, _principal, StringComparison.Ordinal))
        {
            return;
        }

        Rotate(revoke: true);
        _principal = principal;
    }

    internal void Destroy()
    {
        BeginChange(revive: false);
        if (State == SessionState.Active)
        {
            _doomed = _key;
        }

        if (State is SessionState.Active or SessionState.New)
        {
            State = SessionState.Destroyed;
        }

        Empty();
    }

    internal void Create()
    {
        if (boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        Destroy();
        BeginNew();
    }

    /// <summary>Back to what the session was when it was loaded.</summary>
    internal void Reset()
    {
        if (!_loaded)
        {
            return;
        }

        _doomed = null;
        Empty();
        if (State is SessionState.Detached or SessionState.Gone)
        {
            return;
        }

        if (_stored is { } stored)
        {
            Adopt(stored.Record, stored.Secret);
            AgeFlash();
        }
        else
        {
            BeginNew();
        }
    }

    internal void Close(bool save)
    {
        if (!save)
        {
            Reset();
        }

        _closed = true;
    }

    /// <summary>Forgets everything: the next use reads again. After an error, whose changes are not saved.</summary>
    internal void Discard()
    {
        Empty();
        _loaded = _used = _aged = _closed = BeganHere = false;
        _doomed = null;
        _record = null;
        _stored = null;
        _loadFailure = null;
        State = SessionState.New;
    }

    /// <param name="setsLifetime">
    /// Whether the session's own lifetime is meant, which may be another one than the configured that it is set to.
    /// </param>
    internal void Configure(SessionOptions changed, bool setsLifetime)
    {
        UseNow();
        if (setsLifetime)
        {
            BeginChange();
            _newLifetime = changed.ExpirationTime;
        }

        Options = changed;
    }

    private async ValueTask LoadCoreAsync()
    {
        if (presented is not { } id)
        {
            BeginNew();
            return;
        }

        try
        {
            SessionRecord? record = await storage.ReadAsync(id.Key, Options.StoreTimeout).ConfigureAwait(false);
            await SettleAsync(id, record).ConfigureAwait(false);
        }
        catch (SessionRecordFormatException error)
        {
            Unreadable(id, error);
        }
        catch (SessionStoreException error) when (Options.OnStoreFailure == StoreFailureAction.Detach)
        {
            Detach(id.Key, SessionEventKind.StoreFailure, error);
        }
    }

    private void LoadCore()
    {
        if (presented is not { } id)
        {
            BeginNew();
            return;
        }

        try
        {
            ValueTask settled = SettleAsync(id, storage.Read(id.Key, Options.StoreTimeout));
            if (settled.IsCompleted)
            {
                settled.GetAwaiter().GetResult();
            }
            else
            {
                settled.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (SessionRecordFormatException error)
        {
            Unreadable(id, error);
        }
        catch (SessionStoreException error) when (Options.OnStoreFailure == StoreFailureAction.Detach)
        {
            Detach(id.Key, SessionEventKind.StoreFailure, error);
        }
    }

    // Decides what the request gets; completes at once unless a theft makes it destroy the record.
    private async ValueTask SettleAsync(PresentedId id, SessionRecord? record)
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        if (record is null || ExpiryPolicy.IsOver(record, now, Options))
        {
            BeginNew();
            WasExpired = true;
            return;
        }

        Authenticity authenticity = id.Secret is { } secret
            ? RotationPolicy.Judge(record, secret, now, Options.PreviousIdGrace)
            : id.Epoch == record.Epoch ? Authenticity.Current : Authenticity.Unknown;

        if (authenticity is Authenticity.Current or Authenticity.Previous)
        {
            if (boundary.Client.Matches(record, Options))
            {
                Adopt(record, id.Secret is { } proof ? RotationPolicy.CurrentSecret(record, proof) : null);
                return;
            }

            Report(SessionEventKind.ClientMismatch, record);
        }
        else if (id.Secret is not null && RotationPolicy.MayBeRace(record, now, Options.PreviousIdGrace))
        {
            // A token is put into pages on purpose and outlives rotations; a dead one is no race [C6].
            Detach(id.Key, SessionEventKind.Detached, null);
            return;
        }
        else
        {
            Report(authenticity == Authenticity.Retired ? SessionEventKind.StaleId : SessionEventKind.UnknownSecret, record);
            if (authenticity == Authenticity.Retired && Options.OnStaleId == StaleIdAction.Destroy)
            {
                await storage.DeleteAsync(record.Key, Options.StoreTimeout).ConfigureAwait(false);
            }
        }

        BeginNew();
    }

    private void Adopt(SessionRecord record, SessionSecret? secret)
    {
        _record = record;
        _stored = (record, secret);
        _key = record.Key;
        _data = new VariableMap(record.Data);
        _flash = new VariableMap(record.Flash);
        _principal = record.Principal;
        _held = _shown = secret;
        State = SessionState.Active;
        BeganHere = false;
        _loaded = true;
    }

    private void BeginNew()
    {
        Empty();
        _record = null;
        _key = SessionKey.Create();
        _held = _shown = SessionSecret.Create();
        _began = ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());
        State = SessionState.New;
        BeganHere = true;
        _loaded = true;
    }

    // A new session with what this request itself has done, and nothing of the one that it has been shown.
    private void BeginApart()
    {
        IChange[] changes = [.. _changes];
        string? principal = HasAttached ? _principal : null;
        BeginNew();
        _stored = null;
        _principal = principal;
        foreach (IChange change in changes)
        {
            change.Apply(_data, _flash, lenient: true);
            _changes.Add(change);
        }
    }

    private void Unreadable(PresentedId id, SessionRecordFormatException error)
    {
        services.Diagnostics.Report(SessionEventKind.Unreadable, Driver, id.Key, null, Options, error);
        BeginNew();
    }

    private void Detach(SessionKey key, SessionEventKind why, Exception? error)
    {
        services.Diagnostics.Report(why, Driver, key, null, Options, error);
        BeginNew();
        BeganHere = false;
        State = SessionState.Detached;
    }

    private void Use()
    {
        _used = true;
        _saved = false;
        if (!_aged)
        {
            _aged = true;
            AgeFlash();
        }
    }

    private void AgeFlash() => _flashAges.Load(_flash, Options.FlashAutoExpire && !readOnly);

    private void Empty()
    {
        _data = new VariableMap();
        _flash = new VariableMap();
        _flashAges.Forget();
        _changes.Clear();
        _rotation = null;
        _rotateLater = false;
        _newLifetime = null;
        _principal = null;
        _shownPrevious = null;
    }

    // Every change passes here: what would be lost silently is refused aloud.
    private void BeginChange(bool revive = true)
    {
        UseNow();
        _saved = false;
        if (_closed)
        {
            throw new InvalidOperationException("The session was closed; a change would be lost. Forge it again to go on, or close it later.");
        }

        if (readOnly)
        {
            throw new InvalidOperationException("The endpoint uses its session read-only (SessionEndpoint metadata); a change would be lost. Remove the metadata, or don't change the session.");
        }

        if (!revive)
        {
            return;
        }

        if (State is SessionState.New or SessionState.Destroyed && boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        if (State == SessionState.Destroyed)
        {
            BeginNew();
        }
    }

    // Whether this request has said itself whom the session belongs to, and not found it said.
    private bool HasAttached => !string.Equals(_principal, _stored?.Record.Principal, StringComparison.Ordinal);

    // The holder of the previous id that asks for a rotation has it: the current one is new to it. Were that one replaced
    // as well, a lost response would leave this client without a good id [R4, R9].
    private bool PresentsPrevious(SessionRecord record) =>
        record.PreviousHash is { } previous && presented?.Secret is { } secret && secret.Hash().Equals(previous);

    private void Show(Rotation rotation)
    {
        if (_rotation is null)
        {
            _shownPrevious = _shown;
        }

        _rotation = rotation;
        _rotated = Now();
        _shown = rotation.To;
    }

    private static InvalidOperationException TooLate(string what) => new(
        $"A session can't be {what} after the response headers were sent: its id could not reach the client any more. "
        + "Use the session before writing the response.");

    private void Report(SessionEventKind kind, SessionRecord record) =>
        services.Diagnostics.Report(kind, Driver, record.Key, record.Principal, Options);

    private void ThrowIfLoadFailed()
    {
        if (_loadFailure is { } failure)
        {
            throw new SessionStoreException(failure.Message, failure);
        }
    }
}
