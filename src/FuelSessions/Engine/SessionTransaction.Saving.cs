using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a transaction is saved: compare, swap, and merge if another writer was faster [W2].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>
    /// The id that must go out with this response; null: none. It is the record's current one, and the store has
    /// accepted it [R5].
    /// </summary>
    internal SessionId? IdToSend { get; private set; }

    /// <summary>Whether the client's id leads nowhere any more, because this request has destroyed its session.</summary>
    internal bool IdToWithdraw { get; private set; }

    /// <summary>For how long the client is to keep the id: until the session ends, if the next one is sent when it is due.</summary>
    internal TimeSpan Lifetime
    {
        get
        {
            TimeSpan lifetime = _record?.Lifetime ?? Options.ExpirationTime;
            return lifetime + ExpiryPolicy.TouchInterval(lifetime, Options.TouchInterval) + (Options.RotationTime ?? TimeSpan.Zero);
        }
    }

    /// <summary>Saves what this request did to the session.</summary>
    /// <exception cref="SessionStoreException">The store did not accept it; no id goes out.</exception>
    /// <param name="explicitly">Whether the app asked for it, and goes on; otherwise the response is going out, or the request is over.</param>
    /// <exception cref="SessionGoneException">At an explicit save only: the session ended meanwhile.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal async ValueTask SaveAsync(bool explicitly)
    {
        if (!_used || _saved)
        {
            return;
        }

        await LoadForUseAsync().ConfigureAwait(false);
        if (_doomed is { } doomed)
        {
            await EndAsync(doomed, explicitly).ConfigureAwait(false);
        }

        // While the app goes on, it goes on seeing what it has read.
        List<(string, long)>? expiring = explicitly ? null : _flashAges.TakeExpiring(_flash);
        switch (State)
        {
            case SessionState.New:
                await SaveNewAsync(expiring, StoreDeadline.Start(Options.StoreTimeout)).ConfigureAwait(false);
                break;
            case SessionState.Active:
                await SaveActiveAsync(expiring, explicitly).ConfigureAwait(false);
                break;
            case SessionState.Detached or SessionState.Gone when _changes.Count > 0:
                RefuseChanges(explicitly);
                break;
        }

        _saved = !explicitly;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveNewAsync(List<(string, long)>? expiring, StoreDeadline deadline)
    {
        if (expiring is not null)
        {
            FlashVariables.Remove(expiring, _flash);
        }

        if (_data.IsEmpty && _flash.IsEmpty && _principal is null)
        {
            return;
        }

        if (boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        DateTimeOffset now = Now();
        TimeSpan lifetime = _newLifetime ?? Options.ExpirationTime;
        SessionSecret current = _rotation?.To ?? _held!;
        StoredTokenSecret? tokens = NewTokenSecret(Options.TakesTokens) is { } secret ? current.SealTokenSecret(secret) : null;
        SessionSecret clientKey = _tokenSecret ?? current;
        var record = new SessionRecord
        {
            Key = _key,
            Version = 1,
            CurrentHash = (_rotation?.From ?? _held!).Hash(),
            Created = _began,
            Rotated = now,
            Updated = now,

            // Nobody holds an id from before the first answer: there is nothing to confirm.
            Confirmed = now,
            Expires = ExpiryPolicy.Expires(now, _began, lifetime, Options),
            Lifetime = lifetime,
            TokenSecret = _rotation is null ? tokens : null,
            UserAgentHash = boundary.Client.UserAgentHash(clientKey, Options),
            UserAgentFamilyHash = boundary.Client.UserAgentFamilyHash(clientKey, Options),
            IpHash = boundary.Client.IpHash(clientKey, Options),
            Principal = _principal,
            Data = _data.Encode(stamp: 0),
            Flash = _flash.Encode(stamp: 1),
        };
        if (_rotation is not null)
        {
            record = _rotation.Apply(record, now) with { Confirmed = now, TokenSecret = tokens };
        }

        ThrowIfTooLarge(record);
        if (boundary.RefuseNew(Driver, Options) is { } refusal)
        {
            services.Diagnostics.Report(SessionEventKind.TooManyNew, Driver, _key, _principal, Options);

            // Whoever catches it has been told, and is not told again when the response goes out.
            Empty();
            throw refusal;
        }

        WriteResult result;
        try
        {
            result = await storage.WriteWithinAsync(record, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not SessionTooLargeException)
        {
            await deadline.StepAsideAsync().ConfigureAwait(false);
            throw storage.Failure("saved", _key, Options.StoreTimeout, error);
        }

        if (!result.IsWritten)
        {
            throw new SessionStoreException($"Driver '{Driver}' did not accept the new session {_key.Fingerprint}.");
        }

        services.Diagnostics.Started(Driver);
        Settled(record, _data, _flash, current);
        IdToSend = new SessionId(_key, current);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveActiveAsync(List<(string, long)>? expiring, bool explicitly)
    {
        SessionRecord basis = _record!;
        if (storage.IsCarried && boundary.HeadersSent && _changes.Count > 0)
        {
            throw TooLate("changed");
        }

        if (Draft(basis, expiring) is not { } draft)
        {
            await TouchAsync(basis).ConfigureAwait(false);
            return;
        }

        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        try
        {
            using CommitQueue.Turn turn = await services.Commits.EnterAsync(_key, deadline.Token).ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                if (turn.Latest is { } latest && latest.Version > basis.Version)
                {
                    basis = latest;
                    if (IsShutOutOf(basis))
                    {
                        if (_rotation is not { Revokes: true } || _isByToken)
                        {
                            Overtake(explicitly);
                            return;
                        }

                        // A session of its own, which for a token would be one without anybody who has its id.
                        BeginApart();
                        await SaveNewAsync(expiring: null, deadline).ConfigureAwait(false);
                        return;
                    }

                    if (Draft(basis, expiring) is not { } merged)
                    {
                        Settled(basis, new VariableMap(basis.Data), new VariableMap(basis.Flash), CurrentSecret(basis));
                        Announce(extended: false);
                        return;
                    }

                    draft = merged;
                }

                ThrowIfTooLarge(draft.Record);
                WriteResult result;
                try
                {
                    result = await storage.WriteWithinAsync(draft.Record, deadline).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not SessionTooLargeException)
                {
                    await deadline.StepAsideAsync().ConfigureAwait(false);
                    throw storage.Failure("saved", _key, Options.StoreTimeout, error);
                }

                if (result.IsWritten)
                {
                    turn.Latest = draft.Record;
                    Commit(draft, basis);
                    return;
                }

                if (result.IsGone)
                {
                    Gone(explicitly);
                    return;
                }

                turn.Latest = result.Winner;
                services.Diagnostics.Conflict(Driver, _key, attempt);
                await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException error)
        {
            await deadline.StepAsideAsync().ConfigureAwait(false);
            throw storage.Failure("saved", _key, Options.StoreTimeout, error);
        }
    }

    /// <summary>Whether what is stored now is no longer for this request's eyes: another one has revoked the id that it came with.</summary>
    internal bool IsShutOutBy(SessionRecord record) => _stored is not null && IsShutOutOf(record);

    // A revoking rotation by another request was faster: it has shut out every holder of an earlier id [R10], and so this
    // request, unless it has proved itself to be for the person to whom the session belongs since. If this one is to
    // revoke as well, each may be the one that the other is to shut out: it goes on in a session of its own [W5].
    private bool IsShutOutOf(SessionRecord winner) =>
        winner.Epoch != _stored!.Value.Record.Epoch
        && !(HasAttached && _principal is not null && string.Equals(_principal, winner.Principal, StringComparison.Ordinal));

    // What came after is not for its eyes: neither data nor id nor token.
    private void ShutOut()
    {
        _changes.Clear();
        _rotation = null;
        _rotateLater = false;
        _newLifetime = null;
        _principal = null;
        _stored = null;
        IdToSend = null;
        State = SessionState.Detached;
    }

    // What should be stored instead of that record; null if it already is what this request wants.
    private DraftRecord? Draft(SessionRecord basis, List<(string, long)>? expiring)
    {
        DateTimeOffset now = Now();
        SessionSecret? current = CurrentSecret(basis);
        bool presentsCurrent = PresentsCurrent(basis);
        bool confirms = presentsCurrent && basis.Confirmed is null;
        Rotation? rotation = RotationFor(basis, current, presentsCurrent, now);
        bool content = _changes.Count > 0 || expiring is not null;
        bool firstToken = _tokenSecret is not null && basis.TokenSecret is null;
        if (!content && !HasAttached && !confirms && rotation is null && !_rotateLater && _newLifetime is null && !firstToken)
        {
            return null;
        }

        VariableMap data = _data;
        VariableMap flash = _flash;
        if (!ReferenceEquals(basis, _record))
        {
            data = new VariableMap(basis.Data);
            flash = new VariableMap(basis.Flash);
            foreach (IChange change in _changes.AsSpan())
            {
                change.Apply(data, flash, lenient: true);
            }
        }

        if (expiring is not null)
        {
            FlashVariables.Remove(expiring, flash);
        }

        TimeSpan lifetime = _newLifetime ?? basis.Lifetime;
        DateTimeOffset expires = ExpiryPolicy.Expires(now, basis.Created, lifetime, Options);
        long version = basis.Version + 1;
        SessionSecret? following = rotation?.To ?? current;
        StoredTokenSecret? kept = rotation is { Revokes: true } ? null : basis.TokenSecret;
        SessionSecret? tokens = kept is null ? NewTokenSecret(wanted: rotation is { Revokes: true } && (basis.TokenSecret is not null || Options.TakesTokens)) : null;
        if (kept is null ? tokens is not null && following is null : _tokenSecret is not null && !IsOf(kept))
        {
            throw TokenLost();
        }

        // Hashes under another key, or the first ones.
        bool binds = rotation is not null || tokens is not null || ClientIdentity.IsMissingIn(basis, Options);
        SessionSecret? clientKey = !binds ? null : kept is null ? tokens ?? following : ClientIdentity.KeyOf(kept, _tokenSecret, current);
        SessionRecord next = basis with
        {
            Version = version,
            Updated = now,
            Confirmed = confirms ? now : basis.Confirmed,
            Lifetime = lifetime,
            Expires = _newLifetime is not null || ExpiryPolicy.IsTouchDue(basis, expires, Options) ? expires : basis.Expires,
            Principal = HasAttached ? _principal : basis.Principal,
            Rotated = rotation is null && _rotateLater ? DateTimeOffset.UnixEpoch : basis.Rotated,
            UserAgentHash = clientKey is null ? basis.UserAgentHash : boundary.Client.UserAgentHash(clientKey, Options),
            UserAgentFamilyHash = clientKey is null ? basis.UserAgentFamilyHash : boundary.Client.UserAgentFamilyHash(clientKey, Options),
            IpHash = clientKey is null ? basis.IpHash : boundary.Client.IpHash(clientKey, Options),
            Data = content ? data.Encode(stamp: 0) : basis.Data,
            Flash = content ? flash.Encode(version) : basis.Flash,
        };

        next = rotation?.Apply(next, now) ?? next;
        if (tokens is not null)
        {
            next = next with { TokenSecret = following!.SealTokenSecret(tokens) };
        }

        return new DraftRecord(next, data, flash, following, Rotated: rotation is not null);
    }

    private Rotation? RotationFor(SessionRecord basis, SessionSecret? current, bool presentsCurrent, DateTimeOffset now)
    {
        if (_rotation is { Revokes: true } revoking)
        {
            // Never given up for another rotation: made again on top of it [W5].
            return revoking with { From = current };
        }

        if (_rotation is { } asked)
        {
            // Who rotated since this request read the record has done what was asked for [W5, R9]: another rotation would shut
            // out ids that requests on their way still carry [R3].
            bool satisfied = current is null || !asked.From!.Hash().Equals(basis.CurrentHash);
            return satisfied ? null : asked;
        }

        return !boundary.HeadersSent
            && presented is { TravelsBack: true }
            && presentsCurrent
            && RotationPolicy.IsDue(basis, now, Options.RotationTime)
            ? Rotation.Ordinary(current!)
            : null;
    }

    private void Commit(DraftRecord draft, SessionRecord basis)
    {
        bool askedFor = _rotation is not null;
        SessionSecret? shown = _shown;
        SessionSecret? shownPrevious = _shownPrevious;
        Settled(draft.Record, draft.Data, draft.Flash, draft.Current);
        if (draft.Rotated)
        {
            services.Diagnostics.Rotated(Driver);
        }

        if (draft.Rotated && !askedFor)
        {
            // After an automatic rotation the app goes on seeing the old id until the request ends.
            (_shown, _shownPrevious) = (shown, shownPrevious ?? PreviousOf(basis, shown));
        }
        else if (askedFor)
        {
            _shownPrevious = shownPrevious;
        }

        Announce(draft.Record.Expires != basis.Expires);
    }

    private static SessionSecret? PreviousOf(SessionRecord record, SessionSecret? current) =>
        current is { } secret && record.Nonce is { } nonce && record.SealedPrevious != UInt128.Zero
            ? secret.OpenPrevious(record.SealedPrevious, nonce)
            : current;

    private async ValueTask TouchAsync(SessionRecord record)
    {
        DateTimeOffset expires = ExpiryPolicy.Expires(Now(), record.Created, record.Lifetime, Options);
        if (!ExpiryPolicy.IsTouchDue(record, expires, Options))
        {
            Announce(extended: false);
            return;
        }

        if (!await storage.TouchAsync(_key, expires, Options.StoreTimeout).ConfigureAwait(false))
        {
            Gone(explicitly: false);
            return;
        }

        _record = record with { Expires = expires };
        _stored = (_record, _held);
        if (!boundary.HeadersSent && presented is { TravelsBack: true } && (CookieEndsEarly || !PresentsCurrent(record)))
        {
            await AnnounceTouchedAsync().ConfigureAwait(false);
        }
    }

    // Rotation sends a cookie at least each RotationTime, and it lives that much longer than the session: only without rotation
    // must one be sent just to be kept.
    private bool CookieEndsEarly => Options is { RotationTime: null, ExpireOnClose: false };

    // A touch compares nothing, and the id that goes out after it must not replace a newer one in the client: which one is
    // current by now, only the store can say [R5].
    private async ValueTask AnnounceTouchedAsync()
    {
        SessionRecord? touched = await storage.ReadAsync(_key, Options.StoreTimeout).ConfigureAwait(false);
        if (touched is null)
        {
            Gone(explicitly: false);
            return;
        }

        IdToSend = CurrentSecret(touched) is { } current ? new SessionId(_key, current) : null;
    }

    // The client learns an id that it did not present, and a cookie that must live longer.
    private void Announce(bool extended)
    {
        if (_held is not { } current || _record is not { } record || !current.Hash().Equals(record.CurrentHash))
        {
            // What an earlier save of this request had announced is not the current one any more [R5].
            IdToSend = null;
        }
        else if (extended || !PresentsCurrent(record))
        {
            IdToSend = new SessionId(_key, current);
        }
    }

    private void Settled(SessionRecord record, VariableMap data, VariableMap flash, SessionSecret? current)
    {
        _record = record;
        _data = data;
        _flash = flash;
        _held = _isByToken ? null : current ?? _held;
        _shown = _held;
        _stored = (record, _held);
        _principal = record.Principal;
        _changes.Clear();
        _rotation = null;
        _rotateLater = false;
        _newLifetime = null;
        State = SessionState.Active;
    }

    private void Gone(bool explicitly)
    {
        services.Diagnostics.Report(SessionEventKind.Gone, Driver, _key, _principal, Options);
        _changes.Clear();
        _principal = null;
        _stored = null;
        IdToSend = null;
        State = SessionState.Gone;
        if (explicitly)
        {
            throw new SessionGoneException($"Session {_key.Fingerprint} on driver '{Driver}' was destroyed or had expired before its changes could be saved.");
        }
    }

    private void RefuseChanges(bool explicitly)
    {
        SessionKey asked = presented?.Key ?? _key;
        services.Diagnostics.Report(SessionEventKind.DetachedChangesDropped, Driver, asked, null, Options);
        _changes.Clear();
        if (_isRefused)
        {
            throw new InvalidOperationException(
                $"The client's id on driver '{Driver}' is good, and belongs to another user agent or address (MatchUserAgent, MatchIp): this request's session is empty and can't be saved, as that id "
                + "would be replaced. Create(), or a sign-in with AttachPrincipal, begins a session that can. Session.IsDetached tells beforehand.");
        }

        if (explicitly)
        {
            throw new InvalidOperationException(
                $"The session on driver '{Driver}' is detached: the client's id was retired a moment ago, or revoked while the request ran, or the store could not be read. "
                + "Its changes can't be saved; Create() begins a session that can.");
        }
    }

    private void ThrowIfTooLarge(SessionRecord record)
    {
        long size = (long)record.Data.Length + record.Flash.Length;
        if (size > Options.MaxPayloadBytes)
        {
            throw SessionTooLargeException.OverMaxPayloadBytes(Driver, size, Options.MaxPayloadBytes);
        }
    }

    private SessionSecret? CurrentSecret(SessionRecord basis) => _held is { } held ? RotationPolicy.CurrentSecret(basis, held) : null;

    private DateTimeOffset Now() => ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());

    private sealed record DraftRecord(SessionRecord Record, VariableMap Data, VariableMap Flash, SessionSecret? Current, bool Rotated);
}
