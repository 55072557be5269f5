using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Which id is meant, where a client sent several under one name: the first good one. A dead cookie of another path would otherwise keep its
/// user out for as long as it lives [C1].
/// </summary>
internal sealed partial class SessionTransaction
{
    private async ValueTask<(PresentedId, SessionRecord?)> ChooseAsync(PresentedId first, SessionRecord? firstRecord, StoreDeadline deadline)
    {
        foreach (PresentedId other in others!)
        {
            SessionRecord? record = other.Key == first.Key ? firstRecord : await storage.ReadWithinAsync(other.Key, deadline).ConfigureAwait(false);
            if (IsGood(other, record))
            {
                return Chosen(other, record);
            }
        }

        return (first, firstRecord);
    }

    private (PresentedId, SessionRecord?) Choose(PresentedId first, SessionRecord? firstRecord, StoreDeadline deadline)
    {
        foreach (PresentedId other in others!)
        {
            SessionRecord? record = other.Key == first.Key ? firstRecord : storage.Read(other.Key, Options.StoreTimeout, deadline);
            if (IsGood(other, record))
            {
                return Chosen(other, record);
            }
        }

        return (first, firstRecord);
    }

    private (PresentedId, SessionRecord?) Chosen(PresentedId id, SessionRecord? record)
    {
        presented = id;
        return (id, record);
    }

    private bool IsGood(PresentedId id, SessionRecord? record)
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        return record is not null && !ExpiryPolicy.IsOver(record, now, Options)
            && id.Secret is { } secret
            && RotationPolicy.Judge(record, secret, now, Options.PreviousIdGrace) is Authenticity.Current or Authenticity.Previous
            && boundary.Client.Matches(record, RotationPolicy.CurrentSecret(record, secret), tokens: null, Options);
    }
}
