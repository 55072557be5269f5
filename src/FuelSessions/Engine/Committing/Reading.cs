using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What was found under the id that is meant.</summary>
/// <param name="Id">The id; of several that lead nowhere, the first.</param>
/// <param name="IsOtherTaken">Whether the cookie beside the first one is taken by yet another client [R11].</param>
internal readonly record struct Found(PresentedId Id, SessionRecord? Record, bool IsOtherTaken = false);

/// <summary>Reads what was stored under several ids that a client sent, up to the one that is meant [C1, W8].</summary>
internal static class Reading
{
    /// <param name="read">With one deadline for all of them: nobody waits several times as long because of dead ones.</param>
    /// <exception cref="SessionRecordFormatException">None leads anywhere, and one can't be decoded.</exception>
    internal static async ValueTask<Found> ChooseAsync(PresentedId[] candidates, Func<SessionKey, ValueTask<SessionRecord?>> read, Func<PresentedId, SessionRecord, Worth> judge)
    {
        var records = new Dictionary<SessionKey, SessionRecord?>();
        SessionRecordFormatException? unreadable = null;
        var choice = new IdChoice();
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

            if (record is not null && choice.Take(candidate, isFirst: place == 0, judge(candidate, record)))
            {
                // Of one session's ids the newest: an older one beside it is a copy that no answer replaces.
                PresentedId newest = Array.Find(candidates, other => other.Key == candidate.Key && other.Secret?.Hash().Equals(record.CurrentHash) is true);
                return new Found(newest.Secret is null ? candidate : newest, record);
            }
        }

        return choice.Meant is { } alive ? new Found(alive, records[alive.Key], choice.IsOtherTaken)
            : unreadable is null ? new Found(candidates[0], null)
            : throw unreadable;
    }
}
