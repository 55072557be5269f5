using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What is left to do for a request that has nothing to write [W7].</summary>
internal sealed partial class SessionTransaction
{
    // Rotation sends a cookie at least each RotationTime, and it lives that much longer than the session: only without rotation
    // must one be sent just to be kept.
    private bool CookieEndsEarly => Options is { RotationTime: null, ExpireOnClose: false };

    private bool TellsClient(SessionRecord record) =>
        !boundary.HeadersSent && (_tellsClientAgain || (presented is { TravelsBack: true } && !PresentsCurrent(record)));

    // Whether the app has asked for nothing that is to be stored: what is written all the same is upkeep.
    private bool IsUnchanged =>
        _changes.Count == 0 && !HasAttached && _rotation is null && !_rotateLater && !(_record is { } record && ChangesLifetime(record)) && !HasMadeToken;

    private bool HasMadeToken => _tokenSecret is not null && !(_record?.TokenSecret is { } stored && IsOf(stored));

    // Who only reads does not fail with those who write: upkeep that can't be stored is told, and left to a later request [F8].
    private void UpkeepFailed(SessionKey key, string? principal, Exception error) =>
        services.Diagnostics.Report(SessionEventKind.UpkeepFailed, Driver, key, principal, Options, error);

    /// <param name="record">What this request would leave as it is.</param>
    /// <param name="isFresh">Whether the store has just said that it is current, and not when the request began.</param>
    /// <param name="deadline">Of the whole save.</param>
    private async ValueTask KeepAliveAsync(SessionRecord record, bool isFresh, StoreDeadline deadline)
    {
        while (true)
        {
            DateTimeOffset expires = ExpiryPolicy.Expires(Now(), record.Created, record.Lifetime, Options);
            if (!ExpiryPolicy.IsTouchDue(record, expires, Options))
            {
                if (isFresh || !TellsClient(record))
                {
                    Announce(extended: false);
                    return;
                }

                await AnnounceCurrentAsync(deadline).ConfigureAwait(false);
                return;
            }

            using Activity? span = SessionSpans.Start(SessionSpans.Touch, Driver);
            WriteResult result = await storage.TouchAsync(record, expires, Options.StoreTimeout, deadline).ConfigureAwait(false);
            if (result.IsWritten)
            {
                _record = record with { Expires = expires };
                _stored = (_record, _held);
                SessionSpans.Outcome("touched");
                Announce(extended: CookieEndsEarly);
                return;
            }

            if (result.Winner is not { } winner)
            {
                Gone(explicitly: false);
                return;
            }

            SessionSpans.Outcome("lost");

            if (IsShutOutBy(winner))
            {
                ShutOut();
                return;
            }

            Adopted(winner);
            (record, isFresh) = (winner, true);
        }
    }

    // Nothing was stored, and the request may have been open for long: which id is current by now, only the store can say [R5].
    private async ValueTask AnnounceCurrentAsync(StoreDeadline deadline)
    {
        SessionRecord? latest = await storage.ReadAsync(_key, Options.StoreTimeout, deadline).ConfigureAwait(false);
        if (latest is null || ExpiryPolicy.IsOver(latest, services.Clock.GetUtcNow(), Options))
        {
            Gone(explicitly: false);
        }
        else if (IsShutOutBy(latest))
        {
            ShutOut();
        }
        else
        {
            IdToSend = CurrentSecret(latest) is { } current ? new SessionId(_key, current) : null;
        }
    }
}
