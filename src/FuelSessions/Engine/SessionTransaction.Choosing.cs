using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Which id is meant, where a client sent several: the first good one. A dead cookie of another path would otherwise keep its user out for as
/// long as it lives [C1]. Where none is good, one that is alive all the same, as nothing may be sent in its place [R6, R11].
/// </summary>
internal sealed partial class SessionTransaction
{
    // Whether the cookie for other clients is taken as well, by yet another one.
    private bool _isOtherTaken;

    /// <summary>The id that the session was found by; of several that lead nowhere, the first.</summary>
    internal PresentedId? Presented => presented;

    private ValueTask<SessionRecord?> ReadPresentedAsync(StoreDeadline deadline) => others is null
        ? storage.ReadWithinAsync(presented!.Value.Key, deadline)
        : ChooseAsync(key => storage.ReadWithinAsync(key, deadline));

    // One deadline for all of them: nobody waits several times as long because of dead ones. Completes at once, as each read does.
    private SessionRecord? ReadPresented(StoreDeadline deadline) => others is null
        ? storage.Read(presented!.Value.Key, Options.StoreTimeout, deadline)
        : ChooseAsync(key => new(storage.Read(key, Options.StoreTimeout, deadline))).GetAwaiter().GetResult();

    private async ValueTask<SessionRecord?> ChooseAsync(Func<SessionKey, ValueTask<SessionRecord?>> read)
    {
        PresentedId[] candidates = [presented!.Value, .. others!];
        var records = new Dictionary<SessionKey, SessionRecord?>();
        SessionRecordFormatException? unreadable = null;
        PresentedId? meant = null;
        Worth best = Worth.None;
        foreach ((int place, PresentedId candidate) in candidates.Index())
        {
            if (!records.TryGetValue(candidate.Key, out SessionRecord? record))
            {
                try
                {
                    record = await read(candidate.Key).ConfigureAwait(false);
                }
                catch (SessionRecordFormatException error)
                {
                    // Told only if no other one counts.
                    unreadable ??= error;
                }

                records[candidate.Key] = record;
            }

            Worth worth = WorthOf(candidate, record);
            if (worth == Worth.Good)
            {
                // Of one session's ids the newest: an older one beside it is a copy that no answer replaces.
                presented = Array.Find(candidates, other => other.Key == candidate.Key && IsCurrent(other, record!)) is { Secret: not null } current ? current : candidate;
                return record;
            }

            if (place > 0 && worth == Worth.OtherClient && candidate.Cookie == CookieUse.Other)
            {
                // It keeps nobody from beginning a session in the first cookie, if that is free.
                _isOtherTaken = true;
            }
            else if (worth > best || (meant is null && IsLive(record)))
            {
                (meant, best) = (candidate, worth);
            }
        }

        if (meant is not { } alive)
        {
            return unreadable is null ? null : throw unreadable;
        }

        presented = alive;
        return records[alive.Key];
    }

    private bool IsLive(SessionRecord? record) => record is not null && !ExpiryPolicy.IsOver(record, services.Clock.GetUtcNow(), Options);

    private Worth WorthOf(PresentedId id, SessionRecord? record)
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        if (record is null || !IsLive(record))
        {
            return Worth.None;
        }

        if (JudgeOf(id, record, now) is not (Authenticity.Current or Authenticity.Previous))
        {
            return id.Secret is not null && RotationPolicy.MayBeRace(record, now, Options.PreviousIdGrace) ? Worth.Detached : Worth.None;
        }

        SessionSecret? current = id.Secret is { } secret ? RotationPolicy.CurrentSecret(record, secret) : null;
        return boundary.Client.Matches(record, current, id.Token, Options) ? Worth.Good : Worth.OtherClient;
    }

    private Authenticity JudgeOf(PresentedId id, SessionRecord record, DateTimeOffset now) => id.Secret is { } secret
        ? RotationPolicy.Judge(record, secret, now, Options.PreviousIdGrace)
        : RotationPolicy.JudgeToken(record, id.Token!);

    private static bool IsCurrent(PresentedId id, SessionRecord record) => id.Secret is { } secret && secret.Hash().Equals(record.CurrentHash);
}
