using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Which id is meant, where a client sent several under one name: the first good one. A dead cookie of another path would otherwise keep its
/// user out for as long as it lives [C1]. Where none is good, one that is alive all the same, as nothing may be sent in its place [R6, R11].
/// </summary>
internal sealed partial class SessionTransaction
{
    // Whether the cookie for other clients is taken as well, by yet another one.
    private bool _isOtherTaken;

    private async ValueTask<(PresentedId, SessionRecord?)> ChooseAsync(PresentedId first, SessionRecord? firstRecord, StoreDeadline deadline)
    {
        Candidate best = new(first, firstRecord, WorthOf(first, firstRecord));
        for (int i = 0; i < others!.Length && best.Worth != Worth.Good; i++)
        {
            SessionRecord? record = others[i].Key == first.Key ? firstRecord : await storage.ReadWithinAsync(others[i].Key, deadline).ConfigureAwait(false);
            best = Better(best, others[i], record);
        }

        return Chosen(best);
    }

    private (PresentedId, SessionRecord?) Choose(PresentedId first, SessionRecord? firstRecord, StoreDeadline deadline)
    {
        Candidate best = new(first, firstRecord, WorthOf(first, firstRecord));
        for (int i = 0; i < others!.Length && best.Worth != Worth.Good; i++)
        {
            SessionRecord? record = others[i].Key == first.Key ? firstRecord : storage.Read(others[i].Key, Options.StoreTimeout, deadline);
            best = Better(best, others[i], record);
        }

        return Chosen(best);
    }

    private Candidate Better(Candidate best, PresentedId id, SessionRecord? record)
    {
        Worth worth = WorthOf(id, record);
        if (worth == Worth.OtherClient && id.Cookie == CookieUse.Other)
        {
            // It keeps nobody from beginning a session in the first cookie, if that is free.
            _isOtherTaken = true;
            return best;
        }

        return worth > best.Worth ? new Candidate(id, record, worth) : best;
    }

    private (PresentedId, SessionRecord?) Chosen(Candidate best)
    {
        presented = best.Id;
        return (best.Id, best.Record);
    }

    private bool IsGood(PresentedId id, SessionRecord? record) => WorthOf(id, record) == Worth.Good;

    private Worth WorthOf(PresentedId id, SessionRecord? record)
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        if (record is null || ExpiryPolicy.IsOver(record, now, Options) || id.Secret is not { } secret)
        {
            return Worth.None;
        }

        if (RotationPolicy.Judge(record, secret, now, Options.PreviousIdGrace) is not (Authenticity.Current or Authenticity.Previous))
        {
            return RotationPolicy.MayBeRace(record, now, Options.PreviousIdGrace) ? Worth.Detached : Worth.None;
        }

        return boundary.Client.Matches(record, RotationPolicy.CurrentSecret(record, secret), tokens: null, Options) ? Worth.Good : Worth.OtherClient;
    }

    private readonly record struct Candidate(PresentedId Id, SessionRecord? Record, Worth Worth);
}
