using System.Diagnostics;
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
    /// <param name="closing">Whether the app has seen what it wants to see: flash variables that end with the request end now.</param>
    /// <exception cref="SessionGoneException">At an explicit save only: the session ended meanwhile.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal async ValueTask SaveAsync(bool explicitly, bool closing = false)
    {
        // Who has been told that it could not be read has done nothing to it.
        if (_saved || !IsToBeSaved || (_failureTold && !_loaded))
        {
            return;
        }

        if (!_used)
        {
            await SaveUnusedAsync().ConfigureAwait(false);
            return;
        }

        IsWithheld &= boundary.HeadersSent;
        await LoadForUseAsync().ConfigureAwait(false);
        if (_doomed is { } doomed)
        {
            await EndAsync(doomed, explicitly).ConfigureAwait(false);
        }

        // While the app goes on, it goes on seeing what it has read.
        List<(string, long)>? expiring = explicitly && !closing ? null : _flashAges.TakeExpiring(_flash);
        switch (State)
        {
            case SessionState.New:
                await SaveNewAsync(expiring, StoreDeadline.Start(Options.StoreTimeout)).ConfigureAwait(false);
                break;
            case SessionState.Active:
                try
                {
                    await SaveActiveAsync(expiring, explicitly).ConfigureAwait(false);
                }
                catch (Exception error) when (IsUnchanged && error is SessionStoreException or SessionTooLargeException or SessionRecordFormatException)
                {
                    UpkeepFailed(_key, _principal, error);
                }

                break;
            case SessionState.Detached or SessionState.Gone when _changes.Count > 0:
                RefuseChanges(explicitly);
                break;
        }

        // What is withheld may be let out until the headers are.
        _saved = !explicitly && (!IsWithheld || boundary.HeadersSent);
    }

    // Nothing is asked of it: no flash variable ages, and no error of the store is the endpoint's.
    private async ValueTask SaveUnusedAsync()
    {
        if (State != SessionState.Active || _record is null)
        {
            return;
        }

        try
        {
            await SaveActiveAsync(expiring: null, explicitly: false).ConfigureAwait(false);
            _saved = true;
        }
        catch (Exception error) when (error is SessionStoreException or SessionTooLargeException or SessionRecordFormatException)
        {
            UpkeepFailed(_key, _principal, error);
        }
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

        if (IsKeptBack())
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

        using Activity? span = SessionSpans.Start(SessionSpans.Save, Driver);
        WriteResult result;
        try
        {
            result = await storage.WriteWithinAsync(record, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not SessionTooLargeException)
        {
            throw await storage.WriteFailureAsync("saved", _key, Options.StoreTimeout, deadline, error).ConfigureAwait(false);
        }

        if (!result.IsWritten)
        {
            throw new SessionStoreException($"Driver '{Driver}' did not accept the new session {_key.Fingerprint}.");
        }

        services.Diagnostics.Started(Driver, record);
        Settled(record, _data, _flash, current);
        IdToSend = new SessionId(_key, current);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveActiveAsync(List<(string, long)>? expiring, bool explicitly)
    {
        SessionRecord basis = _record!;
        if (_rotation is { Revokes: true } && IsKeptBack())
        {
            await LetGoAsync(basis, explicitly).ConfigureAwait(false);
            return;
        }

        if (storage.IsCarried && boundary.HeadersSent && _changes.Count > 0)
        {
            throw TooLate("changed");
        }

        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        if (Draft(basis, expiring) is not { } draft)
        {
            await KeepAliveAsync(basis, isFresh: false, deadline).ConfigureAwait(false);
            return;
        }

        using Activity? span = SessionSpans.Start(SessionSpans.Save, Driver);
        try
        {
            using CommitQueue.Turn turn = await services.Commits.EnterAsync(_key, deadline.Token).ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                if (turn.Latest is { } latest && latest.Version > basis.Version)
                {
                    basis = latest;
                    if (IsShutOutBy(basis))
                    {
                        await LeaveAsync(explicitly, deadline).ConfigureAwait(false);
                        return;
                    }

                    if (Draft(basis, expiring) is not { } merged)
                    {
                        Adopted(basis);
                        await KeepAliveAsync(basis, isFresh: true, deadline).ConfigureAwait(false);
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
                    throw await storage.WriteFailureAsync("saved", _key, Options.StoreTimeout, deadline, error).ConfigureAwait(false);
                }

                if (result.IsWritten)
                {
                    turn.Latest = draft.Record;
                    Commit(draft, basis, attempt);
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
            throw await storage.FailureAsync("saved", _key, Options.StoreTimeout, deadline, error).ConfigureAwait(false);
        }
    }

    private void Commit(DraftRecord draft, SessionRecord basis, int attempt)
    {
        bool askedFor = _rotation is not null;
        SessionSecret? shown = _shown;
        SessionSecret? shownPrevious = _shownPrevious;
        Settled(draft.Record, draft.Data, draft.Flash, draft.Current);
        if (draft.Rotated)
        {
            services.Diagnostics.Rotated(Driver);
        }

        services.Diagnostics.Written(Driver, basis, draft.Record, attempt);

        if (draft.Rotated && !askedFor)
        {
            // After an automatic rotation the app goes on seeing the old id until the request ends.
            (_shown, _shownPrevious) = (shown, shownPrevious ?? PreviousOf(basis, shown));
        }
        else if (askedFor)
        {
            _shownPrevious = shownPrevious;
        }

        Announce(extended: CookieEndsEarly && draft.Record.Expires != basis.Expires);
    }

    private static SessionSecret? PreviousOf(SessionRecord record, SessionSecret? current) =>
        current is { } secret && record.Nonce is { } nonce && record.SealedPrevious != UInt128.Zero
            ? secret.OpenPrevious(record.SealedPrevious, nonce)
            : current;

    // The client learns an id that it did not present, and a cookie that is to look otherwise; only where there is no rotation also one that must live longer.
    private void Announce(bool extended)
    {
        if (_held is not { } current || _record is not { } record || !current.Hash().Equals(record.CurrentHash))
        {
            // What an earlier save of this request had announced is not the current one any more [R5].
            IdToSend = null;
        }
        else if (extended || _tellsClientAgain || !PresentsCurrent(record))
        {
            IdToSend = new SessionId(_key, current);
        }
    }

    // What another request has stored is what this one goes on with: it has nothing to add.
    private void Adopted(SessionRecord record) =>
        Settled(record, new VariableMap(record.Data), new VariableMap(record.Flash), CurrentSecret(record));

    private void Settled(SessionRecord record, VariableMap data, VariableMap flash, SessionSecret? current)
    {
        _record = record;
        _data = data;
        _flash = flash;
        _held = _isByToken ? null : current ?? _held;
        _shown = _held;
        _stored = (record, _held);
        _principal = record.Principal;
        DropWishes();
        State = SessionState.Active;
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
}
