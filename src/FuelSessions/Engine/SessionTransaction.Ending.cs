using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a stored session is ended, and what becomes of a request that a revoking rotation has overtaken meanwhile [W5, W6].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Whether what is stored now is no longer for this request's eyes and hands: another one has revoked the id that it came with.</summary>
    internal bool IsShutOutBy(SessionRecord record) =>
        _stored is { } stored && Overtaking.IsShutOut(stored.Record, record, HasAttached ? _principal : null);

    private async ValueTask EndAsync(SessionRecord doomed, bool explicitly)
    {
        bool isEnded = await DeleteAsync(doomed).ConfigureAwait(false);
        _doomed = null;
        _stored = null;
        IdToSend = null;
        if (isEnded)
        {
            IdToWithdraw = true;
            services.Diagnostics.Destroyed(Driver, doomed);
            return;
        }

        // A new session that was begun in its place is the app's wish, and goes on.
        State = State == SessionState.Destroyed ? SessionState.Detached : State;
        RefuseChanges(explicitly);
    }

    // Whatever was written meanwhile; but not a session that somebody else has taken over since this request read it.
    private async ValueTask<bool> DeleteAsync(SessionRecord read)
    {
        using Activity? span = SessionSpans.Start(SessionSpans.End, Driver);
        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        SessionRecord basis = read;
        for (int attempt = 1; ; attempt++)
        {
            WriteResult result = await storage.DeleteAsync(basis, Options.StoreTimeout, deadline).ConfigureAwait(false);
            if (result.Winner is not { } winner)
            {
                SessionSpans.Outcome("ended");
                return true;
            }

            if (winner.Epoch != read.Epoch)
            {
                SessionSpans.Outcome("overtaken");
                return false;
            }

            basis = winner;
            services.Diagnostics.Conflict(Driver, read.Key, attempt);
            try
            {
                await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException error)
            {
                throw await storage.FailureAsync("destroyed", read.Key, Options.StoreTimeout, deadline, error).ConfigureAwait(false);
            }
        }
    }

    // A revoking rotation by another request was faster. If this one is to revoke as well, each may be the one that the other is to shut
    // out: it goes on in a session of its own, which for a token would be one without anybody who has its id [W5].
    private ValueTask LeaveAsync(bool explicitly, StoreDeadline deadline)
    {
        if (_rotation is { Revokes: true } && !_isByToken)
        {
            BeginApart();
            return SaveNewAsync(expiring: null, deadline);
        }

        bool drops = !IsUnchanged;
        ShutOut();
        if (drops)
        {
            RefuseChanges(explicitly);
        }

        return default;
    }

    // Nothing that this request did is done to what is stored by now, and nothing of that is for its eyes: neither data nor id nor token.
    private void ShutOut() => Lose(SessionState.Detached);

    private void Gone(bool explicitly)
    {
        services.Diagnostics.Report(SessionEventKind.Gone, Driver, _key, _principal, Options);
        Lose(SessionState.Gone);
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

    private void Lose(SessionState state)
    {
        SessionSpans.Outcome(state == SessionState.Gone ? "gone" : "overtaken");
        DropWishes();
        _principal = null;
        _stored = null;
        IdToSend = null;
        State = state;
    }
}
