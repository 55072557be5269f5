using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How the app begins, rotates, hands over, configures and ends its session: what is only wanted until it is saved [R9, R10].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Gives the session a new id at once [R9, R10].</summary>
    internal void Rotate(bool revoke)
    {
        lock (_content)
        {
            RotateInTurn(revoke);
        }
    }

    private void RotateInTurn(bool revoke)
    {
        BeginChange(revive: false);
        if (_visit.Boundary.HeadersSent)
        {
            throw TooLate("rotated");
        }

        if (_standing is not { State: SessionState.New or SessionState.Active } standing)
        {
            if (revoke && State != SessionState.Destroyed)
            {
                ThrowIfByToken();
                BeginApart(_standing);
            }

            return;
        }

        if (revoke)
        {
            ThrowIfUnproved();
        }

        Turn(standing, revoke);
    }

    private void Turn(Standing standing, bool revoke)
    {
        Rotation? before = _intent.Rotation;
        _intent = _intent.WithRotation(standing, _visit.Presented?.Secret, revoke);
        if (_intent.Rotation is { } rotation && rotation != before)
        {
            _shown = Shown.After(rotation, _visit.Now);
        }
    }

    internal void Destroy()
    {
        // In turn: another thread may be about to find that all is saved.
        lock (_content)
        {
            // Also after Close: a sign-out must not fail for it.
            BeginChange(revive: false, ends: true);
            Kept? doomed = _standing as Kept ?? _intent.Ends;
            if (_standing is { State: SessionState.New or SessionState.Active } ended)
            {
                _standing = new Apart(SessionState.Destroyed, ended);
            }

            _content.Empty();
            _intent = new Intent { Ends = doomed };
        }
    }

    internal void Create()
    {
        lock (_content)
        {
            BeginChange(revive: false, leaves: true);
            ThrowIfByToken();
            if (_visit.Boundary.HeadersSent)
            {
                throw TooLate("begun");
            }

            Destroy();
            BeginNew();
        }
    }

    /// <summary>Saves because the app asks for it, and tells it what goes wrong: the end of the request, which tries it again, does not say it again.</summary>
    internal async ValueTask SaveNowAsync(bool closing)
    {
        try
        {
            await SaveAsync(explicitly: true, closing).ConfigureAwait(false);
            _progress.IsTold = false;
        }
        catch (Exception error)
        {
            // Of a refused sign-in nothing is left, and all else is yet to be saved.
            _progress.IsTold = error is not SignInRefusedException;
            SaveFailed(error);
            throw;
        }
    }

    /// <summary>The app is told by the exception.</summary>
    internal void SaveFailed(Exception error)
    {
        if (error is SessionStoreException)
        {
            Diagnostics.StoreFailed(Events, Driver, Key, Principal, error);
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
            else if (!IsClosed)
            {
                await SaveNowAsync(closing: true).ConfigureAwait(false);
                _content.Ages.Hide();
            }
        }
        finally
        {
            _progress.IsClosed = true;
        }
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
            _answer.IsWantedAgain = true;
        }

        if (setsLifetime)
        {
            BeginChange();
            _intent = _intent with { Lifetime = changed.ExpirationTime };
        }

        Options = changed;
    }

    private void Empty()
    {
        _content.Empty();
        _intent = _intent.Ends is { } ends ? new Intent { Ends = ends } : Intent.None;
    }

    // A new session with what this request itself has done, and nothing of the one that it has been shown [R10, W5]: to which it goes back, if it takes that back, where `left` says so.
    private void BeginApart(Standing? left = null)
    {
        _content.Ages.Forget();
        _content.Rebase(Variables.None, known: 0, written: null);
        _intent = new Intent { Attachment = _standing is Kept read && !_intent.Attaches(read.Record) ? null : _intent.Attachment, Lifetime = _intent.Lifetime };
        BeginShown(left);
    }
}
