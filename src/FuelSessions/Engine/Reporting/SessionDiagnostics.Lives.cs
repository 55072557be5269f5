using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How each session lives: begun, changed hands, ended, and by whom.</summary>
internal sealed partial class SessionDiagnostics
{
    internal void Started(PendingEvents? events, string driver, SessionRecord record)
    {
        _counters.Started.Add(1, Driver(driver));
        Saved(driver, record, attempts: 1);
        _lives.Begun(driver, record.Key);
        Tell(events, SessionEventKind.Began, driver, record);
        Changed(events, driver, before: null, record);
    }

    /// <summary>A session was stored in the place of what it was before.</summary>
    /// <param name="attempts">How many writes that took.</param>
    internal void Written(PendingEvents? events, string driver, SessionRecord before, SessionRecord after, int attempts)
    {
        Saved(driver, after, attempts);
        Changed(events, driver, before, after);
    }

    /// <summary>The app has ended it, in a request of its own.</summary>
    internal void Destroyed(PendingEvents? events, string driver, SessionRecord record)
    {
        _counters.Destroyed.Add(1, Driver(driver));
        _histograms.Ended(Driver(driver), record, "destroyed", _clock);
        _lives.Destroyed(driver, record.Key);
        if (record.Owner is not null)
        {
            Tell(events, SessionEventKind.SignedOut, driver, record);
        }

        Ended(events, driver, record, SessionEnding.Destroyed, record.Principal);
    }

    /// <summary>It was destroyed, because it may be in foreign hands.</summary>
    internal void Revoked(PendingEvents? events, string driver, SessionRecord record)
    {
        _histograms.Ended(Driver(driver), record, "revoked", _clock);
        _lives.Revoked(driver, record.Key);
        Ended(events, driver, record, SessionEnding.StaleId, by: null);
    }

    /// <summary>It was ended from elsewhere, for whom it belonged to.</summary>
    internal void EndedFor(string driver, SessionRecord record, in EndedBy by)
    {
        _histograms.Ended(Driver(driver), record, "revoked", _clock);
        _lives.EndedFor(driver, record.Key);
        Ended(by.Events, driver, record, by.Why, by.Principal);
    }

    /// <summary>A request asked for a session that is over.</summary>
    /// <param name="principal">Whose it was, if that is known.</param>
    internal void Expired(PendingEvents? events, string driver, SessionKey key, string? principal)
    {
        _lives.Expired(driver, key);
        events?.Add(new SessionEvent(SessionEventKind.Ended, driver, key.Fingerprint, principal) { Ending = SessionEnding.Expired });
    }

    private void Changed(PendingEvents? events, string driver, SessionRecord? before, SessionRecord after)
    {
        var change = new LifeChange(before, after);
        _lives.Changed(driver, change, after.Key);
        if (change.IsRotated)
        {
            _counters.Rotated.Add(1, Driver(driver));
            Tell(events, SessionEventKind.Rotated, driver, after);
        }

        if (change.SignsOut)
        {
            Tell(events, SessionEventKind.SignedOut, driver, before!);
        }

        if (change.SignsIn)
        {
            Tell(events, SessionEventKind.SignedIn, driver, after);
        }
    }

    private static void Ended(PendingEvents? events, string driver, SessionRecord record, SessionEnding why, string? by) =>
        events?.Add(new SessionEvent(SessionEventKind.Ended, driver, record.Key.Fingerprint, record.Principal) { Ending = why, By = by });

    // What belongs to each life is counted by counters of its own.
    private static void Tell(PendingEvents? events, SessionEventKind kind, string driver, SessionRecord record) =>
        events?.Add(new SessionEvent(kind, driver, record.Key.Fingerprint, record.Principal));

    private void Saved(string driver, SessionRecord record, int attempts)
    {
        _histograms.Saved(Driver(driver), record, attempts);
        SessionSpans.Outcome("saved");
    }
}
