using System.Diagnostics;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a stored session ends, and what becomes of a request that can't save any more what it has done [W5, W6, C7].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>The response has gone out without the id: removes what was stored for it [C7].</summary>
    internal async ValueTask AbandonAsync()
    {
        if (_standing is not Kept { IsNewToAll: true } kept || _answer.HasToken || _visit.Storage.IsCarried)
        {
            return;
        }

        try
        {
            await DeleteAsync(kept.Record).ConfigureAwait(false);
        }
        catch (SessionStoreException error)
        {
            // The response is out, and the record ends by itself.
            Diagnostics.AbandonFailed(Driver, Key, error);
        }
    }

    private async ValueTask EndAsync(Kept doomed, bool explicitly)
    {
        Committed done = await DeleteAsync(doomed.Record).ConfigureAwait(false);
        _intent = _intent with { Ends = null };
        _answer.ToSend = null;
        if (done.Plan == Plan.Delete)
        {
            Ended(done);
            return;
        }

        // A new session that was begun in its place is the app's wish, and goes on.
        _standing = _standing is Apart { State: SessionState.Destroyed } ended ? ended.As(SessionState.Detached) : _standing;
        RefuseChanges(explicitly);
    }

    private void Ended(in Committed done)
    {
        _answer.Withdraws = true;
        _answer.EndedBinding = done.Basis.Binding;
        if (done.HasEnded)
        {
            Diagnostics.Destroyed(Events, Driver, done.Basis);
        }
    }

    /// <returns>Not <see cref="Plan.Delete"/> if somebody else has taken the session over since this request read it.</returns>
    private async ValueTask<Committed> DeleteAsync(SessionRecord read)
    {
        using Activity? span = SessionSpans.Start(SessionSpans.End, Driver);
        Committed done = await Committing.CommitAsync(_visit.Services, _visit.Storage, Options, Plan.Delete, new Deletion(read), read, StoreDeadline.Start(Options.StoreTimeout)).ConfigureAwait(false);
        SessionSpans.Outcome(done.Plan == Plan.Delete ? "ended" : "overtaken");
        return done;
    }

    // The request goes on as with a new session, which is stored if it may be told after all [C7].
    private void LetGo(in Committed done)
    {
        (Variables variables, RecordOwner? owner, TimeSpan? lifetime) = (_content.Current, Owner, _intent.Lifetime);
        _answer.ToSend = null;
        SessionSpans.Outcome("ended");
        Ended(done);
        BeginNew();
        _content.Show(variables);
        _intent = new Intent { Attachment = new Attachment(owner), Lifetime = lifetime };
    }

    // A revoking rotation by another request was faster. If this one is to revoke as well, each may be the one that the other is to shut
    // out: it goes on in a session of its own, which for a token would be one without anybody who has its id [W5]. Nothing that any other request
    // did is done to what is stored by now, and nothing of that is for its eyes: neither data nor id nor token.
    private ValueTask LeaveAsync(Kept read, bool explicitly, StoreDeadline deadline)
    {
        if (_intent.Rotation is { Revokes: true } && !read.IsByToken)
        {
            BeginApart();
            return _standing is Fresh fresh ? SaveAsync(fresh, explicitly, deadline) : default;
        }

        bool drops = !IsUpkeep;
        _content.DropChanges();
        Lose(SessionState.Detached);
        if (drops)
        {
            RefuseChanges(explicitly);
        }

        return default;
    }

    private void Gone(bool explicitly)
    {
        Report(SessionEventKind.Gone, Key, Principal);
        _content.DropChanges();
        Lose(SessionState.Gone);
        if (explicitly)
        {
            throw GoneException();
        }
    }

    private SessionGoneException GoneException() =>
        new($"Session {Key.Fingerprint} on driver '{Driver}' was destroyed or had expired before its changes could be saved.");

    /// <param name="isUntold">Whether the next save is to say that what the app has asked for is lost.</param>
    private void Lose(SessionState state, bool isUntold = false)
    {
        SessionSpans.Outcome(state == SessionState.Gone ? "gone" : "overtaken");
        _intent = Intent.None;
        _shown = _shown is null ? null : _shown with { Rotated = null };
        _answer.ToSend = null;
        _standing = _standing is { } lost ? new Apart(state, lost) { IsUntold = isUntold } : null;
    }

    private void RefuseChanges(bool explicitly)
    {
        Report(SessionEventKind.DetachedChangesDropped, _visit.Presented?.Key ?? Key, null);
        _content.DropChanges();
        var apart = _standing as Apart;
        apart?.IsUntold = false;
        if (apart is { IsRefused: true })
        {
            throw new InvalidOperationException(
                $"The client's id on driver '{Driver}' is good, and belongs to another user agent or address (MatchUserAgent, MatchIp): this request's session is empty and can't be saved, as that id "
                + "would be replaced. Create(), or a sign-in with AttachPrincipal, begins a session that can. Session.IsDetached tells beforehand.");
        }

        if (_visit.Binding == BindingStanding.Refused)
        {
            throw Unproved("its session is empty and can't be saved (OnUnboundRequest). Create(), or a sign-in with AttachPrincipal, begins one that can.");
        }

        if (explicitly)
        {
            throw apart is { State: SessionState.Gone } ? GoneException() : new InvalidOperationException(
                $"The session on driver '{Driver}' is detached: the client's id was retired a moment ago, or revoked while the request ran, or the store could not be read. "
                + (_visit.Boundary.HeadersSent
                    ? "Its changes can't be saved, and as the headers are sent no other one can begin: end the connection, and have the client come again."
                    : "Its changes can't be saved; Create() begins a session that can."));
        }
    }

    private readonly struct Deletion(SessionRecord read) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost) => Planner.End(basis, read);
    }
}
