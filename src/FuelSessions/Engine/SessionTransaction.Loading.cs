using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a transaction comes to its session: what a presented id is worth, and what the request gets [R6, R7].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Reads the record ahead of its use. A failure is kept for whoever uses the session.</summary>
    internal ValueTask PrefetchAsync() => _loaded || _loadFailure is not null ? default : LoadCoreAsync(ahead: true);

    /// <summary>From here on the request uses the session.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    internal ValueTask UseAsync()
    {
        ThrowIfOver();
        return LoadForUseAsync();
    }

    private async ValueTask LoadForUseAsync()
    {
        if (!_loaded)
        {
            ThrowIfLoadFailed();
            await LoadCoreAsync(ahead: false).ConfigureAwait(false);
        }

        Use();
    }

    /// <summary>The same for code that can't wait: reads on the calling thread if nothing was read ahead.</summary>
    internal void UseNow()
    {
        if (_ready)
        {
            return;
        }

        lock (Turn)
        {
            ThrowIfOver();
            if (!_loaded)
            {
                ThrowIfLoadFailed();
                LoadCore();
            }

            Use();
        }
    }

    /// <summary>The session counts as used, though nothing has been asked of it yet.</summary>
    internal void MarkUsed() => _used = true;

    internal void Reopen() => _closed = false;

    /// <summary>Reads the record ahead, and has the session live on though nothing may be asked of it.</summary>
    internal ValueTask KeepAliveAsync()
    {
        if (presented is null)
        {
            return default;
        }

        _keptAlive = true;
        boundary.OnUnsaved();
        return PrefetchAsync();
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask LoadCoreAsync(bool ahead)
    {
        if (presented is not { } id)
        {
            BeginNew();
            return;
        }

        using Activity? span = SessionSpans.Start(SessionSpans.Load, Driver);
        SessionRecord? record;
        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        try
        {
            record = await ReadPresentedAsync(deadline).ConfigureAwait(false);
        }
        catch (SessionRecordFormatException error)
        {
            Unreadable(id, error);
            return;
        }
        catch (Exception error)
        {
            Failed(await storage.FailureAsync("read", id.Key, Options.StoreTimeout, deadline, error).ConfigureAwait(false), id.Key, ahead);
            return;
        }

        try
        {
            await SettleAsync(presented.Value, record).ConfigureAwait(false);
        }
        catch (SessionStoreException error)
        {
            Failed(error, id.Key, ahead);
        }
    }

    private void LoadCore()
    {
        if (presented is not { } id)
        {
            BeginNew();
            return;
        }

        using Activity? span = SessionSpans.Start(SessionSpans.Load, Driver);
        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        try
        {
            SessionRecord? record = ReadPresented(deadline);
            ValueTask settled = SettleAsync(presented.Value, record);
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
        catch (SessionStoreException error)
        {
            Failed(error, id.Key, ahead: false);
        }
    }

    // Decides what the request gets; completes at once unless a theft makes it destroy the record.
    private ValueTask SettleAsync(PresentedId id, SessionRecord? record)
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        if (record is null || ExpiryPolicy.IsOver(record, now, Options))
        {
            BeginNew();
            WasExpired = true;
            return default;
        }

        Authenticity authenticity = JudgeOf(id, record, now);
        if (authenticity is Authenticity.Current or Authenticity.Previous)
        {
            SessionSecret? current = id.Secret is { } proof ? RotationPolicy.CurrentSecret(record, proof) : null;
            if (boundary.Client.Matches(record, current, id.Token, Options))
            {
                Adopt(record, current);
                return default;
            }

            Report(SessionEventKind.ClientMismatch, record);
            BeginForOtherClient(id);
            return default;
        }
        else if (id.Secret is not null && RotationPolicy.MayBeRace(record, now, Options.PreviousIdGrace))
        {
            // A token is put into pages on purpose and outlives rotations; a dead one is no race [C6].
            Detach(id.Key, SessionEventKind.Detached, null);
            return default;
        }
        else
        {
            Report(authenticity == Authenticity.Retired ? SessionEventKind.StaleId : SessionEventKind.UnknownSecret, record);
            if (authenticity == Authenticity.Retired && Options.OnStaleId == StaleIdAction.Destroy)
            {
                return DestroyStolenAsync(record);
            }
        }

        BeginNew();
        return default;
    }

    private async ValueTask DestroyStolenAsync(SessionRecord record)
    {
        try
        {
            if (await DeleteAsync(record).ConfigureAwait(false))
            {
                services.Diagnostics.Revoked(Driver, record);
            }
        }
        catch (SessionStoreException error)
        {
            UpkeepFailed(record.Key, record.Principal, error);
        }

        BeginNew();
    }

    private void Adopt(SessionRecord record, SessionSecret? secret)
    {
        SessionSpans.Outcome("found");
        _record = record;
        _stored = (record, secret);
        _key = record.Key;
        _data = new VariableMap(record.Data);
        _flash = new VariableMap(record.Flash);
        _principal = record.Principal;
        _epochRead = record.Epoch;
        _held = _shown = secret;
        _isByToken = presented is { Secret: null };
        IsOther = presented is { Cookie: CookieUse.Other };
        _tokenSecret = presented?.Token;
        State = SessionState.Active;
        BeganHere = false;
        _loaded = true;
    }

    // Nothing may be sent that replaces the good id: what this client does is kept in a cookie of its own, or refused aloud [R11].
    private void BeginForOtherClient(PresentedId id)
    {
        BeginNew();
        if (id is not { Cookie: not CookieUse.None, TravelsBack: true } || (id.Cookie == CookieUse.First && _isOtherTaken))
        {
            BeganHere = false;
            State = SessionState.Detached;
            _isRefused = true;
        }

        IsOther = id.Cookie == CookieUse.First;
    }

    private void BeginNew()
    {
        SessionSpans.Outcome("new");
        Empty();
        _isRefused = false;
        _record = null;
        SessionId drawn = SessionId.Create();
        _key = drawn.Key;
        _held = _shown = drawn.Secret;
        _began = ExpiryPolicy.Milliseconds(services.Clock.GetUtcNow());
        State = SessionState.New;
        BeganHere = true;
        _loaded = true;
    }

    // A new session with what this request itself has done, and nothing of the one that it has been shown.
    private void BeginApart()
    {
        ChangeList changes = _changes;
        string? principal = HasAttached ? _principal : null;
        BeginNew();
        _stored = null;
        _principal = principal;
        _changes = changes;
        _changes.Replay(_data, _flash);
    }

    private void Unreadable(PresentedId id, SessionRecordFormatException error)
    {
        services.Diagnostics.Report(SessionEventKind.Unreadable, Driver, id.Key, null, Options, error);
        BeginNew();
    }

    private void Failed(SessionStoreException error, SessionKey key, bool ahead)
    {
        if (Options.OnStoreFailure == StoreFailureAction.Detach)
        {
            Detach(key, SessionEventKind.StoreFailure, error);
        }
        else if (ahead)
        {
            _loadFailure = error;
        }
        else
        {
            _failureTold = true;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private void Detach(SessionKey key, SessionEventKind why, Exception? error)
    {
        services.Diagnostics.Report(why, Driver, key, null, Options, error);
        BeginNew();
        SessionSpans.Outcome("detached");
        BeganHere = false;
        State = SessionState.Detached;
    }

    private void Use()
    {
        _used = true;
        if (!_aged)
        {
            Unsaved();
            AgeFlash();
            _aged = true;
            if (WasExpired && presented is { } over)
            {
                services.Diagnostics.Expired(Driver, over.Key);
            }
        }

        // Last: who finds it set goes on without waiting.
        Volatile.Write(ref _ready, !_over);
    }

    private void AgeFlash() => _flashAges.Load(_flash, Options.FlashAutoExpire && !KeepsFlash);

    private void Report(SessionEventKind kind, SessionRecord record) =>
        services.Diagnostics.Report(kind, Driver, record.Key, record.Principal, Options);

    private void ThrowIfLoadFailed()
    {
        if (_loadFailure is { } failure)
        {
            _failureTold = true;
            throw new SessionStoreException(failure.Message, failure);
        }
    }
}
