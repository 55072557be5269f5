using System.Diagnostics;
using System.Runtime.CompilerServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a session that is stored is stored again: what is planned is committed, and what came of it is what the request goes on with.</summary>
internal sealed partial class SessionTransaction
{
    private ValueTask SaveAsync(Kept read, bool explicitly)
    {
        // A request that has changed nothing ends here, unless upkeep is due: then it matters whether an id may go out.
        if (!_content.IsChanged && ReferenceEquals(_intent, Intent.None))
        {
            Asker asker = ConsentingAsker;
            lock (_content)
            {
                if (!ReferenceEquals(_standing, read))
                {
                    // Another thread has gone on meanwhile.
                    return SaveLoadedAsync(explicitly, closing: false);
                }

                if (ReferenceEquals(_intent, Intent.None) && Planner.Save(read.Record, read, asker, _intent, _content, lost: null) == Plan.Keep)
                {
                    _answer.ToSend = Announcement.After(_answer.ToSend, read, asker, isProlonged: false);
                    _progress.IsSaved = IsSaved(explicitly);
                    return default;
                }
            }
        }

        return StoreAsync(read, explicitly);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask StoreAsync(Kept read, bool explicitly)
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

    // Who asks, as it is now.
    private Asker Asker
    {
        get
        {
            bool isWithheld = !_visit.Boundary.HeadersSent && _visit.Boundary.Withholds(this);

            // Once the headers are sent it stays as it was: consent that comes later can't let the id out.
            bool isKeptBack = _visit.Boundary.HeadersSent ? IsWithheld : isWithheld && !_answer.HasToken;
            return ConsentingAsker with { IsWithheld = isWithheld, IsKeptBack = isKeptBack };
        }
    }

    // The same where consent makes no difference: other middleware is not asked for it.
    private Asker ConsentingAsker
    {
        get
        {
            bool isOpen = !_visit.Boundary.HeadersSent;
            return new Asker
            {
                Shown = _visit.Presented?.Secret,
                IsReachable = isOpen && _visit.Presented is { TravelsBack: true },
                WantsCookieAgain = isOpen && _answer.IsWantedAgain,
                Client = _visit.Boundary.Client with { IsOnDevice = _visit.Binding == BindingStanding.Proved },
                Options = Options,
                Now = _visit.Now,
            };
        }
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
