using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a request reads its session, once: ahead, or when it is used [W1, F1, F3].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Reads the record ahead of its use. A failure is kept for whoever uses the session.</summary>
    internal ValueTask PrefetchAsync() => IsLoaded || _progress.Failure is { IsAhead: true } ? default : LoadAsync(isAhead: true);

    /// <summary>Reads the record ahead, and has the session live on though nothing may be asked of it [W7].</summary>
    internal ValueTask KeepAliveAsync()
    {
        if (_visit.Presented is null)
        {
            return default;
        }

        Mark(SessionUse.KeptAlive);
        _visit.Boundary.OnUnsaved();
        return PrefetchAsync();
    }

    /// <param name="isAhead">Whether nobody has asked for it yet.</param>
    /// <param name="isWaiting">Whether the thread that asks waits, and reads itself.</param>
    private ValueTask LoadAsync(bool isAhead, bool isWaiting = false)
    {
        if (_visit.Presented is not { } id)
        {
            lock (_content)
            {
                if (!IsLoaded)
                {
                    BeginWithoutId();
                }
            }

            return default;
        }

        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        if (isWaiting || SessionSpans.AreWanted || _visit.Others is not null)
        {
            return ReadAndAdmitAsync(id, reading: null, deadline, isAhead, isWaiting);
        }

        // A store in this process has the answer at once.
        ValueTask<SessionRecord?> reading = _visit.Storage.ReadWithinAsync(id.Key, deadline);
        return reading.IsCompletedSuccessfully ? AdmitFirstAsync(new Found(id, reading.Result)) : ReadAndAdmitAsync(id, reading, deadline, isAhead, isWaiting);
    }

    /// <param name="reading">What has begun; null: nothing yet.</param>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask ReadAndAdmitAsync(PresentedId id, ValueTask<SessionRecord?>? reading, StoreDeadline deadline, bool isAhead, bool isWaiting)
    {
        using Activity? span = SessionSpans.Start(SessionSpans.Load, Driver);
        Found found;
        try
        {
            found = _visit.Others is { } others
                ? await ChooseAsync([id, .. others], deadline, isWaiting).ConfigureAwait(false)
                : new Found(id, await (reading ?? ReadAsync(id.Key, deadline, isWaiting)).ConfigureAwait(false));
        }
        catch (SessionRecordFormatException error)
        {
            lock (_content)
            {
                if (!IsLoaded)
                {
                    Report(SessionEventKind.Unreadable, id.Key, null, error);
                    BeginNew();
                }
            }

            return;
        }
        catch (Exception error)
        {
            SessionStoreException failure = isWaiting && error is SessionStoreException told
                ? told
                : await _visit.Storage.FailureAsync("read", id.Key, Options.StoreTimeout, deadline, error).ConfigureAwait(false);
            if (isWaiting)
            {
                // On behalf of a thread that has the lock.
                Failed(failure, id.Key, isAhead);
                return;
            }

            lock (_content)
            {
                Failed(failure, id.Key, isAhead);
            }

            return;
        }

        await AdmitFirstAsync(found).ConfigureAwait(false);
    }

    private ValueTask AdmitFirstAsync(in Found found)
    {
        lock (_content)
        {
            // Code of one request may ask from several threads at once: what came first counts, as it may have been changed by now.
            if (IsLoaded)
            {
                return default;
            }

            if (_visit.Others is not null)
            {
                _visit.Presented = found.Id;
            }

            return AdmitAsync(found);
        }
    }

    // A method of its own: what it makes for that is made for nobody else.
    private ValueTask<Found> ChooseAsync(PresentedId[] candidates, StoreDeadline deadline, bool isWaiting) =>
        Reading.ChooseAsync(candidates, key => ReadAsync(key, deadline, isWaiting), JudgeOfSeveral);

    // For who waits it completes at once.
    private ValueTask<SessionRecord?> ReadAsync(SessionKey key, StoreDeadline deadline, bool isWaiting) =>
        isWaiting ? new ValueTask<SessionRecord?>(_visit.Storage.Read(key, Options.StoreTimeout, deadline)) : _visit.Storage.ReadWithinAsync(key, deadline);

    private Worth Judge(PresentedId id, SessionRecord record) => Admission.Judge(id, record, _visit.Boundary.Client, Options, _visit.Services.Clock.GetUtcNow());

    // One that gets nothing of its session takes no other one's place [B4].
    private Worth JudgeOfSeveral(PresentedId id, SessionRecord record) =>
        Judge(id, record) is var worth && worth == Worth.Good && StandingTo(record) == BindingStanding.Refused ? Worth.Late : worth;

    private void Failed(SessionStoreException error, SessionKey key, bool isAhead)
    {
        if (IsLoaded)
        {
            return;
        }

        if (Options.OnStoreFailure == StoreFailureAction.Detach)
        {
            Report(SessionEventKind.StoreFailure, key, null, error);
            Detach();
            return;
        }

        Diagnostics.StoreFailed(Events, Driver, key, principal: null, error);
        _progress.Failure = new LoadFailure(error, isAhead);
        if (!isAhead)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private void ThrowIfLoadFailed()
    {
        if (_progress.Failure is { IsAhead: true } failure)
        {
            failure.IsTold = true;
            throw new SessionStoreException(failure.Error.Message, failure.Error);
        }
    }
}
