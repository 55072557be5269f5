using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a sign-in needs before it is stored, and what follows once it is: it may have come too late, or be one too many [A8–A10].</summary>
internal sealed partial class SessionTransaction
{
    /// <exception cref="SignInRefusedException">There is no place for another session of whom it was to belong to. It goes on as it was.</exception>
    private async ValueTask TakePlaceAsync(Standing standing)
    {
        if (Options.MostSignIns is not { } most || !_visit.Storage.Finds || _intent.Attachment is not { Principal: { } principal, IsRest: false }
            || await Places.TryTakeAsync(principal, standing.Key, most).ConfigureAwait(false))
        {
            return;
        }

        Report(SessionEventKind.SignInRefused, standing.Key, principal);
        _intent = _intent with { Attachment = null, Rotation = null, Lifetime = null };
        _shown = null;
        if (standing is Fresh { Left: Apart left })
        {
            // It was begun for the sign-in alone: what answers instead replaces no good id.
            _standing = left;
        }

        throw new SignInRefusedException(most);
    }

    private SignInPlaces Places => new(_visit.Services, _visit.Storage, Options.StoreTimeout);

    private async ValueTask GiveBackPlaceAsync(string principal)
    {
        if (Options.MostSignIns is null)
        {
            return;
        }

        try
        {
            await Places.GiveBackAsync(principal, Key).ConfigureAwait(false);
        }
        catch (SessionStoreException error)
        {
            // It is free by itself before long, and the sign-in stands.
            Report(SessionEventKind.UpkeepFailed, Key, principal, error);
        }
    }

    /// <summary>What follows if that was a sign-in: it may end by this.</summary>
    /// <param name="isArriving">Whether an earlier save of this request has stored one, and nobody could tell whether it stays.</param>
    /// <exception cref="SessionStoreException">Nobody can tell: no id goes out.</exception>
    private ValueTask ArriveAsync(SessionRecord? before, SessionRecord record, bool isArriving, bool explicitly) =>
        _visit.Storage.Finds && record.Principal is { } principal && (isArriving || new LifeChange(before, record).SignsIn)
            ? SignedInAsync(principal, record, explicitly)
            : default;

    private async ValueTask SignedInAsync(string principal, SessionRecord record, bool explicitly)
    {
        await GiveBackPlaceAsync(principal).ConfigureAwait(false);
        Kept? announced = _answer.ToSend;
        (_answer.ToSend, _intent) = (null, new Intent { IsArriving = true });
        bool stays = _visit.Boundary.Began(principal) is not { } began
            || !await _visit.Services.Endings.IsEndedSinceAsync(_visit.Storage, principal, began, Options.StoreTimeout).ConfigureAwait(false);
        if (!stays)
        {
            await PrincipalSessions.EndAsync(_visit.Services, _visit.Storage, record, Options, new EndedBy(Events, SessionEnding.Elsewhere, Principal: null)).ConfigureAwait(false);
        }
        else if (Options is { MaxSessionsPerPrincipal: { } most, MostSignIns: null })
        {
            stays = await EndOldestAsync(principal, most).ConfigureAwait(false);
        }

        (_answer.ToSend, _intent) = (announced, Intent.None);
        if (!stays)
        {
            Gone(explicitly);
        }
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
