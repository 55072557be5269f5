using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Which id a response carries [R4, R5].</summary>
internal static class Announcement
{
    /// <summary>
    /// The record's current id, to who did not show it, or for a cookie that is to look otherwise; only where there is no rotation also for one
    /// that must live longer.
    /// </summary>
    /// <param name="earlier">What an earlier save of this request has announced; it stands as long as it is the current one.</param>
    /// <param name="kept">What is stored by now.</param>
    /// <param name="isProlonged">Whether the session's end has moved.</param>
    /// <returns>The session whose current id goes out; null: none does.</returns>
    internal static Kept? After(Kept? earlier, Kept kept, in Asker asker, bool isProlonged)
    {
        if (kept.Secret is not { } current || !current.Hash().Equals(kept.Record.CurrentHash))
        {
            return null;
        }

        // Rotation sends a cookie at least each RotationTime, and it lives that much longer than the session [W7].
        bool endsEarly = isProlonged && asker.Options.RotationTime is null && !ExpiryPolicy.EndsWithBrowser(kept.Record.KeepsCookie, asker.Options);
        return endsEarly || asker.WantsCookieAgain || !asker.Presents(kept.Record) ? kept : earlier;
    }
}
