using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>The rules of rotation [R1–R10] that need a record and a clock, and nothing else.</summary>
internal static class RotationPolicy
{
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
    /// Whether a bad secret may come from a request that was sent just before its browser learned the new id [R6].
    /// </summary>
    internal static bool MayBeRace(SessionRecord record, DateTimeOffset now, TimeSpan grace) =>
        now <= record.Rotated + grace || (record.Confirmed is { } confirmed && now <= confirmed + grace);

    /// <summary>Whether the current id is old enough to be replaced [R8].</summary>
    internal static bool IsDue(SessionRecord record, DateTimeOffset now, TimeSpan? rotationTime) =>
        rotationTime is { } time && now >= record.Rotated + time;

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
