using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// Places for the sessions of a principal, where one too many is refused [A10]: a sign-in takes one before its session is stored, by compare and swap on one note of the
/// principal's, and gives it back once it is stored. From then on the session itself is what is found.
/// </summary>
internal sealed class SignInPlaces(EngineServices services, SessionStorage storage, TimeSpan timeout)
{
    // One that is never given back, as its process has ended, is free again when no write that it was taken for can be on its way, and clocks may differ.
    private readonly TimeSpan _heldFor = timeout + timeout + Admission.ClockTolerance;

    private static ReadOnlySpan<byte> Purpose => "FuelSessions: places of "u8;

    /// <summary>Takes a place for that session of the principal's, if there is one, or the session is there already.</summary>
    internal async ValueTask<bool> TryTakeAsync(string principal, SessionKey session, int most)
    {
        bool isThere = false;
        bool isTaken = await TryChangeAsync(
            principal,
            session,
            async (others, deadline) =>
            {
                // In this order: what is given back after the places were read is found, and what is taken after that is a lost race.
                HashSet<SessionKey> found = [.. (await storage.FindAsync(principal, timeout, deadline).ConfigureAwait(false)).Select(record => record.Key)];
                isThere = found.Contains(session);
                return !isThere && found.Count + others.Count(place => !found.Contains(place.Key)) < most
                    ? [.. others, new TakenPlace(session, services.Clock.GetUtcNow() + _heldFor)]
                    : null;
            }).ConfigureAwait(false);
        return isTaken || isThere;
    }

    /// <summary>The session is stored.</summary>
    internal async ValueTask GiveBackAsync(string principal, SessionKey session) =>
        await TryChangeAsync(principal, session, static (others, _) => new(others)).ConfigureAwait(false);

    /// <param name="change">The places from now on, given those of other sessions; null: nothing is to be stored. Asked again if another writer was faster.</param>
    private async ValueTask<bool> TryChangeAsync(string principal, SessionKey session, Func<List<TakenPlace>, StoreDeadline, ValueTask<List<TakenPlace>?>> change)
    {
        StoreDeadline deadline = StoreDeadline.Start(timeout);
        SessionKey key = PrincipalNote.KeyOf(Purpose, principal);
        CommitQueue.Turn? turn = null;
        try
        {
            turn = await services.Commits.EnterAsync(key, deadline.Token).ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                SessionRecord? before = await storage.ReadAsync(key, timeout, deadline).ConfigureAwait(false);
                DateTimeOffset now = services.Clock.GetUtcNow();
                List<TakenPlace> others = [.. TakenPlace.Read(before?.Data ?? default).Where(place => place.Until > now && place.Key != session)];
                if (await change(others, deadline).ConfigureAwait(false) is not { } after)
                {
                    return false;
                }

                SessionRecord note = PrincipalNote.Of(key, before, TakenPlace.Write(after), now, _heldFor + Admission.ClockTolerance);
                if ((await storage.WriteAsync(note, timeout, deadline).ConfigureAwait(false)).IsWritten)
                {
                    return true;
                }

                await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException error)
        {
            throw await storage.FailureAsync("signed in", session, timeout, deadline, error).ConfigureAwait(false);
        }
        finally
        {
            turn?.Leave(null);
        }
    }
}
