using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a session is rotated, handed over, ended and begun anew in a transaction [R9, R10].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Gives the session a new id at once [R9, R10].</summary>
    internal void Rotate(bool revoke)
    {
        BeginChange(revive: false);
        if (boundary.HeadersSent)
        {
            throw TooLate("rotated");
        }

        switch (State)
        {
            case SessionState.Destroyed:
                return;
            case SessionState.Detached or SessionState.Gone when revoke:
                ThrowIfByToken();
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

        // Of one that was destroyed another begins.
        BeginChange();
        Rotate(revoke: true);
        _principal = principal;
    }

    internal void Destroy()
    {
        // Also after Close: a sign-out must not fail for it.
        BeginChange(revive: false, ends: true);
        if (State == SessionState.Active)
        {
            _doomed = _record;
        }

        if (State is SessionState.Active or SessionState.New)
        {
            State = SessionState.Destroyed;
        }

        Empty();
    }

    /// <summary>Whether this request has destroyed that session, which its save is only to remove.</summary>
    internal bool IsEnding(SessionKey key) => _doomed?.Key == key;

    internal void Create()
    {
        BeginChange(revive: false);
        ThrowIfByToken();
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
        ThrowIfOver();
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

    /// <summary>Saves because the app asks for it, and tells it what goes wrong: the end of the request, which tries it again, does not say it again.</summary>
    internal async ValueTask SaveNowAsync(bool closing)
    {
        try
        {
            await SaveAsync(explicitly: true, closing).ConfigureAwait(false);
            _isTold = false;
        }
        catch
        {
            _isTold = true;
            throw;
        }
    }

    internal async ValueTask CloseAsync(bool save)
    {
        ThrowIfOver();
        try
        {
            if (!save)
            {
                Reset();
            }
            else if (!_closed)
            {
                await SaveNowAsync(closing: true).ConfigureAwait(false);
                _flashAges.Hide();
            }
        }
        finally
        {
            _closed = true;
        }
    }

    /// <summary>Forgets everything: the next use reads again. After an error, whose changes are not saved.</summary>
    internal void Discard()
    {
        Empty();
        _loaded = _used = _keptAlive = _aged = _ready = _closed = _isTold = BeganHere = _failureTold = false;
        _doomed = null;
        _record = null;
        _stored = null;
        _loadFailure = null;
        State = SessionState.New;
    }

    /// <param name="setsLifetime">
    /// Whether the session's own lifetime is meant, which may be another one than the configured that it is set to.
    /// </param>
    /// <param name="shapesCookie">Whether the cookie of this response is to look accordingly.</param>
    internal void Configure(FuelSessionsOptions changed, bool setsLifetime, bool shapesCookie)
    {
        UseNow();
        if (shapesCookie)
        {
            Unsaved();
            _tellsClientAgain = true;
        }

        if (setsLifetime)
        {
            BeginChange();
            _newLifetime = changed.ExpirationTime;
        }

        Options = changed;
    }

    // Whether this request has said itself whom the session belongs to, and not found it said.
    private bool HasAttached => !string.Equals(_principal, _stored?.Record.Principal, StringComparison.Ordinal);

    /// <summary>The text that the client sent for that id; null if it sent another one.</summary>
    internal string? TextOf(SessionId id) => Presents(id) ? presented!.Value.Text : null;

    internal bool Presents(SessionId id) => presented is { Secret: { } secret } && presented.Value.Key == id.Key && secret.Equals(id.Secret);

    private bool PresentsCurrent(SessionRecord record) =>
        presented?.Secret is { } secret && secret.Hash().Equals(record.CurrentHash);

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
        _tokenSecret = rotation.Revokes ? null : _tokenSecret;
        _shown = _isByToken ? null : rotation.To;
    }
}
