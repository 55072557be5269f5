using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Whether a session is given another id [R8, R9, W5].</summary>
internal static class RotationPolicy
{
    /// <summary>The rotation to make on top of that record; null: none.</summary>
    /// <param name="current">The record's current secret, if the request may know it.</param>
    internal static Rotation? On(SessionRecord basis, SessionSecret? current, in Asker asker, in Intent intent)
    {
        if (intent.Rotation is { Revokes: true } revoking)
        {
            // Never given up for another rotation: made again on top of it [W5].
            return ReferenceEquals(revoking.From, current) ? revoking : revoking with { From = current };
        }

        if (intent.Rotation is { } asked)
        {
            // Who rotated since this request read the record has done what was asked for [W5, R9]: another rotation would shut
            // out ids that requests on their way still carry [R3].
            bool satisfied = current is null || !asked.From!.Hash().Equals(basis.CurrentHash);
            return satisfied ? null : asked;
        }

        return asker is { IsReachable: true, IsWithheld: false }
            && asker.Presents(basis)
            && (IsDue(basis, asker.Now, asker.Options.RotationTime) || ProlongsCookie(basis, asker.Options, intent))
            && !AwaitsPrevious(basis, asker.Now, asker.Options)
            ? Rotation.Ordinary(current!)
            : null;
    }

    /// <summary>
    /// Whether the cookie is to live longer, and so is to be another one: with the id that the client has shown, the answer could come late, and
    /// replace a newer one in the browser [R5, W7].
    /// </summary>
    internal static bool ProlongsCookie(SessionRecord basis, FuelSessionsOptions options, in Intent intent) =>
        intent.ChangesLifetime(basis) && options.RotationTime is not null && !ExpiryPolicy.EndsWithBrowser(basis.KeepsCookie, options);

    // The current id is old enough to be replaced, or somebody has asked for it who could not do it [R8, R9].
    private static bool IsDue(SessionRecord record, DateTimeOffset now, TimeSpan? rotationTime) =>
        record.IsRotationDue || (rotationTime is { } time && now >= record.Rotated + time);

    // Requests with the previous id may still be on their way, of which another rotation would make strangers [R8]. Its successor
    // was seen a moment ago; or is seen now, and the session was in use until then.
    private static bool AwaitsPrevious(SessionRecord record, DateTimeOffset now, FuelSessionsOptions options)
    {
        if (record.PreviousHash is null || record.PreviousRevoked)
        {
            return false;
        }

        TimeSpan grace = options.PreviousIdGrace;
        return record.Confirmed is { } confirmed
            ? now < confirmed + (options.RotationTime < grace ? options.RotationTime.Value : grace)
            : ExpiryPolicy.LastUse(record, options).Latest is not { } used || now <= used + grace;
    }
}
