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
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal async ValueTask SaveAsync(bool explicitly, bool closing = false)
    {
        // Who has been told that it could not be read has done nothing to it.
        if (_progress.IsSaved || !IsToBeSaved || (!IsLoaded && _progress.Failure is { IsTold: true }))
        {
            return;
        }

        // Kept alive, and nothing was asked of it: no flash variable ages, and no error of the store is the endpoint's [W7].
        bool isUsed = IsUsed;
        if (isUsed)
        {
            _answer.IsWithheld &= _visit.Boundary.HeadersSent;
            await LoadForUseAsync().ConfigureAwait(false);
            if (_intent.Ends is { } doomed)
            {
                await EndAsync(doomed, explicitly).ConfigureAwait(false);
            }

            if (!explicitly || closing)
            {
                _content.Expire();
            }
        }

        switch (_standing)
        {
            case Fresh fresh when isUsed:
                await SaveAsync(fresh, explicitly, StoreDeadline.Start(Options.StoreTimeout)).ConfigureAwait(false);
                break;
            case Kept kept:
                try
                {
                    await SaveAsync(kept, explicitly).ConfigureAwait(false);
                }
                catch (Exception error) when (IsUpkeep && error is SessionStoreException or SessionTooLargeException or SessionRecordFormatException)
                {
                    // Who only reads does not fail with those who write [F8].
                    Report(SessionEventKind.UpkeepFailed, Key, Principal, error);
                }

                break;
            case Apart { State: SessionState.Detached or SessionState.Gone } when _content.HasChanges:
                RefuseChanges(explicitly);
                break;
        }

        // What is withheld may be let out until the headers are.
        _progress.IsSaved = !explicitly && (!IsWithheld || _visit.Boundary.HeadersSent);
    }

    // Whether the app has asked for nothing that is to be stored: what is written all the same is upkeep.
    private bool IsUpkeep => !_content.HasChanges && (_standing is Kept kept ? _intent.IsNone(kept.Record) : _intent.Attachment is null);

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveAsync(Kept read, bool explicitly)
    {
        if (IsReadOnlyByBinding)
        {
            return;
        }

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
        using Activity? span = first is Plan.Write ? SessionSpans.Start(SessionSpans.Save, Driver)
            : first is Plan.Touch ? SessionSpans.Start(SessionSpans.Touch, Driver)
            : first == Plan.Delete ? SessionSpans.Start(SessionSpans.End, Driver)
            : null;
        Committed done = await Committing.CommitAsync(_visit.Services, _visit.Storage, Options, first, saving, read.Record, deadline).ConfigureAwait(false);
        switch (done.Plan)
        {
            case var plan when plan == Plan.Delete:
                LetGo(done);
                break;
            case var plan when done.IsGone:
                Gone(explicitly && plan is Plan.Write);
                break;
            case var plan when plan == Plan.Leave:
                await LeaveAsync(read, explicitly, deadline).ConfigureAwait(false);
                break;
            case var plan when plan == Plan.Refuse:
                throw TokenLost();
            default:
                Settle(read, done, asker);
                if (done.Plan is Plan.Write written)
                {
                    await ArriveAsync(done.Basis, written.Record, explicitly).ConfigureAwait(false);
                }

                break;
        }
    }

    // What is stored by now, and what it means for the app and the client.
    private void Settle(Kept read, in Committed done, in Asker asker)
    {
        bool isProlonged = false;
        switch (done.Plan)
        {
            case Plan.Write write:
                bool isRotated = !write.Record.CurrentHash.Equals(done.Basis.CurrentHash);
                ShownIds? unmoved = isRotated && _intent.Rotation is null ? Shown.Unmoved(done.Basis) : null;
                Settle(read.With(write.Record, write.Current, write.Tokens), write.Variables);
                _shown = unmoved ?? _shown;
                Diagnostics.Written(Events, Driver, done.Basis, write.Record, done.Attempts);
                _answer.EndedBinding ??= write.Record.Binding is null ? done.Basis.Binding : null;
                isProlonged = write.Record.Expires != done.Basis.Expires;
                break;
            case Plan.Touch touch:
                Overtake(read, done.Basis);
                _standing = read.With(done.Basis with { Expires = touch.Expires });
                SessionSpans.Outcome("touched");
                isProlonged = true;
                break;
            default:
                SessionSpans.Outcome("lost");
                Overtake(read, done.Basis);
                break;
        }

        _answer.ToSend = _standing is Kept kept ? Announcement.After(_answer.ToSend, kept, asker, isProlonged) : null;
    }

    // What another request has stored is what this one goes on with: it has nothing to add.
    private void Overtake(Kept read, SessionRecord stored)
    {
        if (!ReferenceEquals(stored, read.Record))
        {
            Settle(read.With(stored), Variables.Of(stored));
        }
    }

    private void Settle(Kept kept, Variables variables)
    {
        _content.Show(variables);
        _content.DropChanges();
        _intent = Intent.None;
        _shown = _shown?.Settled(kept.Secret);
        _standing = kept;
    }

    private readonly struct Saving(SessionTransaction transaction, Kept read, Asker asker) : IPlanning
    {
        public Plan On(SessionRecord basis, Plan? lost) => Planner.Save(basis, read, asker, transaction._intent, transaction._content, lost);
    }
}
