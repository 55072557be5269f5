using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What follows from a sign-in once it is stored: it may have come too late, or be one too many [A8, A9].</summary>
internal sealed partial class SessionTransaction
{
    /// <returns>Whether the session has not been ended by this.</returns>
    /// <exception cref="SessionStoreException">Nobody can tell: no id goes out.</exception>
    private async ValueTask<bool> ArriveAsync(SessionRecord? before, SessionRecord record, bool explicitly)
    {
        if (!_visit.Storage.Finds || record.Principal is not { } principal || !new LifeChange(before, record).SignsIn)
        {
            return true;
        }

        Kept? announced = _answer.ToSend;
        (_answer.ToSend, _intent) = (null, new Intent { IsArriving = true });
        bool stays = _visit.Boundary.Began is not { } began
            || !await _visit.Services.Endings.IsEndedSinceAsync(_visit.Storage, principal, began, Options.StoreTimeout).ConfigureAwait(false);
        if (!stays)
        {
            await PrincipalSessions.EndAsync(_visit.Services, _visit.Storage, record, Options, new EndedBy(Events, SessionEnding.Elsewhere, Principal: null)).ConfigureAwait(false);
        }
        else if (Options.MaxSessionsPerPrincipal is { } most)
        {
            stays = await EndOldestAsync(principal, most).ConfigureAwait(false);
        }

        (_answer.ToSend, _intent) = (announced, Intent.None);
        if (!stays)
        {
            Gone(explicitly);
        }

        return stays;
    }

    // Whoever comes last has seen all the others; and those that are to stay are among the newest of whatever part of them anybody sees.
    private async ValueTask<bool> EndOldestAsync(string principal, int most)
    {
        IReadOnlyList<SessionRecord> all = await _visit.Storage.FindAsync(principal, Options.StoreTimeout, StoreDeadline.Start(Options.StoreTimeout)).ConfigureAwait(false);
        bool stays = true;
        foreach (SessionRecord old in all.OrderByDescending(PrincipalSessions.Since).ThenBy(static record => record.Key.ToHex(), StringComparer.Ordinal).Skip(most))
        {
            await PrincipalSessions.EndAsync(_visit.Services, _visit.Storage, old, Options, new EndedBy(Events, SessionEnding.TooMany, principal)).ConfigureAwait(false);
            stays &= old.Key != Key;
        }

        return stays;
    }
}
