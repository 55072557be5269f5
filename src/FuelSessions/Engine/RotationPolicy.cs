using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>The rules of rotation [R1–R10] that need a record and a clock, and nothing else.</summary>
internal static class RotationPolicy
{
    /// <summary>By how much the clocks of two nodes may differ before an honest late request looks like a thief's [R6].</summary>
    internal static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>What <see cref="SessionRecord.Rotated"/> is while somebody waits for a rotation [R9].</summary>
    internal static readonly DateTimeOffset Asked = DateTimeOffset.UnixEpoch;

    internal static Authenticity Judge(SessionRecord record, SessionSecret secret, DateTimeOffset now, TimeSpan grace)
    {
        SecretHash hash = secret.Hash();
        if (hash.Equals(record.CurrentHash))
        {
            return Authenticity.Current;
        }

        if (record.PreviousHash is not { } previous || !hash.Equals(previous))
        {
            return Authenticity.Unknown;
        }

        return !record.PreviousRevoked && (record.Confirmed is not { } confirmed || now <= confirmed + grace)
            ? Authenticity.Previous
            : Authenticity.Retired;
    }

    /// <summary>What a token is to a record: it proves the secret of the present epoch's tokens, or nothing [C6].</summary>
    internal static Authenticity JudgeToken(SessionRecord record, SessionSecret token) =>
        record.TokenSecret is { } stored && token.Hash().Equals(stored.Hash) ? Authenticity.Current : Authenticity.Unknown;

    /// <summary>
    /// Whether a bad secret may come from a request that was sent just before its browser learned the new id [R6]. When that was, the clock
    /// of another node may have said.
    /// </summary>
    internal static bool MayBeRace(SessionRecord record, DateTimeOffset now, TimeSpan grace)
    {
        DateTimeOffset earliest = now - grace - ClockTolerance;
        return earliest <= record.Rotated || (record.Confirmed is { } confirmed && earliest <= confirmed);
    }

    /// <summary>Whether the current id is old enough to be replaced, or somebody has asked for it who could not do it [R8, R9].</summary>
    internal static bool IsDue(SessionRecord record, DateTimeOffset now, TimeSpan? rotationTime) =>
        record.Rotated == Asked || (rotationTime is { } time && now >= record.Rotated + time);

    /// <summary>
    /// Whether requests with the previous id may still be on their way, of which another rotation would make strangers [R8]. Its successor
    /// was seen a moment ago; or is seen now, and the session was in use until then.
    /// </summary>
    internal static bool AwaitsPrevious(SessionRecord record, DateTimeOffset now, FuelSessionsOptions options)
    {
        if (record.PreviousHash is null || record.PreviousRevoked)
        {
            return false;
        }

        TimeSpan grace = options.PreviousIdGrace;
        return record.Confirmed is { } confirmed
            ? now < confirmed + (options.RotationTime < grace ? options.RotationTime.Value : grace)
            : ExpiryPolicy.LatestUse(record, options) is not { } used || now <= used + grace;
    }

    /// <summary>
    /// The record's current secret, as far as the holder of <paramref name="held"/> may know it: the secret itself, or
    /// the one derived from it [R1]; null if the record has moved on too far, or was revoked.
    /// </summary>
    internal static SessionSecret? CurrentSecret(SessionRecord record, SessionSecret held)
    {
        SecretHash hash = held.Hash();
        if (hash.Equals(record.CurrentHash))
        {
            return held;
        }

        return !record.PreviousRevoked && record.Nonce is { } nonce && record.PreviousHash is { } previous && hash.Equals(previous)
            ? held.Next(nonce)
            : null;
    }
}
