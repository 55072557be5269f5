using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request gets for the id that it brought, once that is judged [R6, R7, R11].</summary>
internal sealed partial class SessionTransaction
{
    // Completes at once unless a theft makes it destroy the record.
    private ValueTask AdmitAsync(in Found found)
    {
        PresentedId id = found.Id;
        SessionRecord? record = found.Record;
        Worth worth = record is null ? Worth.None : Judge(id, record);
        if (record is null || worth == Worth.None)
        {
            BeginNew();
            _progress.Over = Over.Met;
            return default;
        }

        switch (worth)
        {
            case Worth.Good when !Admits(record):
                Detach();
                _visit.Binding = BindingStanding.Refused;
                return default;
            case Worth.Good:
                SessionSpans.Outcome("found");
                Adopt(new Kept(record, id.Secret is { } proof ? Rotation.CurrentSecret(record, proof) : null, id.Token, record.Epoch));
                _answer.Place = id.Cookie == CookieUse.Other ? CookiePlace.BesideAnother : CookiePlace.First;
                return default;
            case Worth.OtherClient:
                Report(SessionEventKind.ClientMismatch, record.Key, record.Principal);
                BeginForOtherClient(id, found.IsOtherTaken);
                return default;
            case Worth.Late:
                Report(SessionEventKind.Detached, id.Key, null);
                Detach();
                return default;
            default:
                Report(worth == Worth.Retired ? SessionEventKind.StaleId : SessionEventKind.UnknownSecret, record.Key, record.Principal);
                BeginNew();
                return worth == Worth.Retired && Options.OnStaleId == StaleIdAction.Destroy ? DestroyStolenAsync(record) : default;
        }
    }

    private async ValueTask DestroyStolenAsync(SessionRecord record)
    {
        try
        {
            if ((await DeleteAsync(record).ConfigureAwait(false)).HasEnded)
            {
                Diagnostics.Revoked(Events, Driver, record);
            }
        }
        catch (SessionStoreException error)
        {
            Report(SessionEventKind.UpkeepFailed, record.Key, record.Principal, error);
        }
    }

    private void Adopt(Kept kept)
    {
        _content.Show(Variables.Of(kept.Record));
        _shown = null;
        _standing = kept;
    }

    // The browser may have one that it did not send with this request: what begins here takes no cookie's place, unless somebody signs in [R12].
    private void BeginWithoutId()
    {
        BeginNew();
        _answer.Place = _visit.Boundary.MayHoldBackCookie(Options) ? CookiePlace.BesideHeldBack : CookiePlace.First;
    }

    private Fresh BeginNew()
    {
        SessionSpans.Outcome("new");
        Empty();
        return BeginShown();
    }

    private Fresh BeginShown(Standing? left = null)
    {
        Fresh fresh = left is null ? new Fresh(SessionId.Create(), _visit.Now) : new FreshApart(SessionId.Create(), _visit.Now, left);
        _shown = null;
        _visit.Binding = BindingStanding.Free;
        _standing = fresh;
        return fresh;
    }

    private void Detach(bool isRefused = false)
    {
        _standing = new Apart(SessionState.Detached, BeginNew(), isRefused);
        SessionSpans.Outcome("detached");
    }

    // Nothing may be sent that replaces the good id: what this client does is kept in a cookie of its own, or refused aloud [R11].
    private void BeginForOtherClient(PresentedId id, bool isOtherTaken)
    {
        if (id is not { Cookie: not CookieUse.None, TravelsBack: true } || (id.Cookie == CookieUse.First && isOtherTaken))
        {
            Detach(isRefused: true);
        }
        else
        {
            BeginNew();
        }

        _answer.Place = id.Cookie == CookieUse.First ? CookiePlace.BesideAnother : CookiePlace.First;
    }
}
