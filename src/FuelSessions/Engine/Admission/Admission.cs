using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a presented id is worth: decided here and nowhere else [R2, R3, R6, R7, R11, C6].</summary>
internal static class Admission
{
    /// <summary>By how much the clocks of two nodes may differ before an honest late request looks like a thief's [R6].</summary>
    internal static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    internal static Worth Judge(PresentedId id, SessionRecord record, ClientIdentity client, FuelSessionsOptions options, DateTimeOffset now)
    {
        if (ExpiryPolicy.IsOver(record, now, options))
        {
            return Worth.None;
        }

        Worth worth = id.Secret is { } secret ? Judge(secret, record, now, options.PreviousIdGrace) : JudgeToken(id.Token!, record);
        if (worth == Worth.Good)
        {
            SessionSecret? current = id.Secret is { } proof ? Rotation.CurrentSecret(record, proof) : null;
            return client.Matches(record, current, id.Token, options) ? Worth.Good : Worth.OtherClient;
        }

        // A token is put into pages on purpose and outlives rotations; a dead one is no race [C6].
        return id.Secret is not null && MayBeLate(record, now, options.PreviousIdGrace) ? Worth.Late : worth;
    }

    // The current id is good, and the previous one until its successor was seen, and for the grace after that [R2, R3].
    private static Worth Judge(SessionSecret secret, SessionRecord record, DateTimeOffset now, TimeSpan grace)
    {
        SecretHash hash = secret.Hash();
        if (hash.Equals(record.CurrentHash))
        {
            return Worth.Good;
        }

        if (record.PreviousHash is not { } previous || !hash.Equals(previous))
        {
            return Worth.Unknown;
        }

        return IsPreviousGood(record, now, grace) ? Worth.Good : Worth.Retired;
    }

    /// <summary>Whether the id before the current one is still good [R2, R3].</summary>
    internal static bool IsPreviousGood(SessionRecord record, DateTimeOffset now, TimeSpan grace) =>
        !record.PreviousRevoked && (record.Confirmed is not { } confirmed || now <= confirmed + grace);

    // It proves the secret of the present epoch's tokens, or nothing [C6].
    private static Worth JudgeToken(SessionSecret token, SessionRecord record) =>
        record.TokenSecret?.IsOf(token) is true ? Worth.Good : Worth.Unknown;

    // Sent just before its browser learned the new id [R6]. When that was, the clock of another node may have said.
    private static bool MayBeLate(SessionRecord record, DateTimeOffset now, TimeSpan grace)
    {
        DateTimeOffset earliest = now - grace - ClockTolerance;
        return earliest <= record.Rotated || (record.Confirmed is { } confirmed && earliest <= confirmed);
    }
}
