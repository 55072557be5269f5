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
        (PresentedId, SessionRecord?) best = (first, firstRecord);
        Worth worth = WorthOf(first, firstRecord);
        foreach (PresentedId other in others!)
        {
            SessionRecord? record = other.Key == first.Key ? firstRecord : await storage.ReadWithinAsync(other.Key, deadline).ConfigureAwait(false);
            if (IsBetter(other, record, ref worth))
            {
                best = (other, record);
            }

            if (worth == Worth.Good)
            {
                break;
            }
        }

        presented = best.Item1;
        return best;
    }

    private (PresentedId, SessionRecord?) Choose(PresentedId first, SessionRecord? firstRecord, StoreDeadline deadline)
    {
        (PresentedId, SessionRecord?) best = (first, firstRecord);
        Worth worth = WorthOf(first, firstRecord);
        foreach (PresentedId other in others!)
        {
            SessionRecord? record = other.Key == first.Key ? firstRecord : storage.Read(other.Key, Options.StoreTimeout, deadline);
            if (IsBetter(other, record, ref worth))
            {
                best = (other, record);
            }

            if (worth == Worth.Good)
            {
                break;
            }
        }

        presented = best.Item1;
        return best;
    }

    private bool IsBetter(PresentedId id, SessionRecord? record, ref Worth best)
    {
        Worth worth = WorthOf(id, record);
        if (worth == Worth.OtherClient && id.Cookie == CookieUse.Other)
        {
            // It keeps nobody from beginning a session in the first cookie, if that is free.
            _isOtherTaken = true;
            return false;
        }

        if (worth <= best)
        {
            return false;
        }

        best = worth;
        return true;
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
}
