using System.Diagnostics;
using System.Runtime.CompilerServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a request's session is saved: what is planned is committed, and what came of it is what the request goes on with.</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Saves what this request did to the session.</summary>
    /// <exception cref="SessionStoreException">The store did not accept it; no id goes out.</exception>
    /// <param name="explicitly">Whether the app asked for it, and goes on; otherwise the response is going out, or the request is over.</param>
    /// <param name="closing">Whether the app has seen what it wants to see: flash variables that end with the request end now.</param>
    /// <exception cref="SessionGoneException">At an explicit save only: the session ended meanwhile.</exception>
    internal ValueTask SaveAsync(bool explicitly, bool closing = false)
    {
        // Who has been told that it could not be read has done nothing to it.
        if (_progress.IsSaved || !IsToBeSaved || (!IsLoaded && _progress.Failure is { IsTold: true }))
        {
            return default;
        }

        // Kept alive, and nothing was asked of it: no flash variable ages, and no error of the store is the endpoint's [W7].
        if (IsUsed)
        {
            _answer.IsWithheld &= _visit.Boundary.HeadersSent;
            if (!IsLoaded || _intent.Ends is not null)
            {
                return SaveLoadedAsync(explicitly, closing);
            }

            Use();
            Expire(explicitly, closing);
        }

        return SaveStandingAsync(explicitly);
    }

    // What few requests have to wait for first.
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveLoadedAsync(bool explicitly, bool closing)
    {
        await LoadForUseAsync().ConfigureAwait(false);
        if (_intent.Ends is { } doomed)
        {
            await EndAsync(doomed, explicitly).ConfigureAwait(false);
        }

        Expire(explicitly, closing);
        await SaveStandingAsync(explicitly).ConfigureAwait(false);
    }

    private void Expire(bool explicitly, bool closing)
    {
        if (!explicitly || closing)
        {
            _content.Expire();
        }
    }

    private ValueTask SaveStandingAsync(bool explicitly)
    {
        switch (_standing)
        {
            case Fresh fresh when IsUsed:
                return SaveAsync(fresh, explicitly, StoreDeadline.Start(Options.StoreTimeout));
            case Kept kept when !IsReadOnlyByBinding:
                return SaveAsync(kept, explicitly);
            case Apart { State: SessionState.Detached or SessionState.Gone } apart when _content.HasChanges || apart.IsUntold:
                RefuseChanges(explicitly);
                break;
        }

        Saved(explicitly);
        return default;
    }

    // What is withheld may be let out until the headers are.
    private void Saved(bool explicitly)
    {
        lock (_content)
        {
            // Another thread may have gone on meanwhile.
            _progress.IsSaved = !explicitly && !_content.HasChanges && (!IsWithheld || _visit.Boundary.HeadersSent);
        }
    }

    // Whether the app has asked for nothing that is to be stored: what is written all the same is upkeep.
    private bool IsUpkeep => !_content.HasChanges && (_standing is Kept kept ? _intent.IsNone(kept.Record) : _intent.Attachment is null);

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveAsync(Kept read, bool explicitly)
    {
        try
        {
            if (_visit.Storage.IsCarried && _visit.Boundary.HeadersSent && _content.HasChanges)
            {
                throw TooLate("changed");
            }

            if (_intent.Attachment is not null)
            {
                await TakePlaceAsync(read).ConfigureAwait(false);
            }

            Asker asker = Asker;
            if (_intent.Rotation is { Revokes: true })
            {
                _answer.IsWithheld = asker.IsKeptBack;
                if (IsWithheld && explicitly)
                {
                    return;
                }
            }

            StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
            var saving = new Saving(this, read, asker);
            Plan first = saving.On(read.Record, lost: null);
            using Activity? span = SpanOf(first);
            Committed done = await Committing.CommitAsync(_visit.Services, _visit.Storage, Options, first, saving, read.Record, deadline).ConfigureAwait(false);
            if (_intent.Attachment is { Principal: { } principal, IsRest: false } && (done.IsGone || done.Plan is not Plan.Write))
            {
                // It is not stored here, and may be in a session of its own.
                await GiveBackPlaceAsync(principal).ConfigureAwait(false);
            }

            await GoOnAsync(read, done, asker, explicitly, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (IsUpkeep && error is SessionStoreException or SessionTooLargeException or SessionRecordFormatException)
        {
            // Who only reads does not fail with those who write [F8].
            Report(SessionEventKind.UpkeepFailed, Key, Principal, error);
        }

        Saved(explicitly);
    }

    private Activity? SpanOf(Plan plan) =>
        plan is Plan.Write ? SessionSpans.Start(SessionSpans.Save, Driver)
        : plan is Plan.Touch ? SessionSpans.Start(SessionSpans.Touch, Driver)
        : plan == Plan.Delete ? SessionSpans.Start(SessionSpans.End, Driver)
        : null;

    // What was done, or could not be, and what follows.
    private ValueTask GoOnAsync(Kept read, in Committed done, in Asker asker, bool explicitly, StoreDeadline deadline)
    {
        if (done.Plan == Plan.Delete)
        {
            LetGo(done);
        }
        else if (done.IsGone)
        {
            Gone(explicitly && done.Plan is Plan.Write);
        }
        else if (done.Plan == Plan.Leave)
        {
            return LeaveAsync(read, explicitly, deadline);
        }
        else if (done.Plan == Plan.Refuse)
        {
            throw TokenLost();
        }
        else
        {
            bool isArriving = _intent.IsArriving;
            Settle(read, done, asker);
            return done.Plan is Plan.Write written ? ArriveAsync(done.Basis, written.Record, isArriving, explicitly)
                : isArriving ? ArriveAsync(done.Basis, done.Basis, isArriving, explicitly)
                : default;
        }

        return default;
    }

    private readonly struct Saving(SessionTransaction transaction, Kept read, Asker asker) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost)
        {
            // What another thread does is in it as a whole, or not at all.
            lock (transaction._content)
            {
                return Planner.Save(basis, read, asker, transaction._intent, transaction._content, lost);
            }
        }
    }
}
