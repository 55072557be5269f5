using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// What becomes of a session whose id the client will not be told, as its user has not consented to cookies: nothing is kept that nobody could
/// come back to [C7].
/// </summary>
internal sealed partial class SessionTransaction
{
    private bool _hasToken;
    private uint _epochRead;

    /// <summary>Whether the last save kept nothing for want of consent.</summary>
    internal bool IsWithheld { get; private set; }

    /// <summary>Whether nobody but this response could tell the client a good id: it began here, or every earlier one was revoked here.</summary>
    private bool IsNewToAll => State == SessionState.Active && !_hasToken && (BeganHere || _record!.Epoch != _epochRead);

    /// <summary>A token was made, whose holder can come back without an id [C6].</summary>
    internal void TokenMade() => _hasToken = true;

    /// <summary>The response has gone out without the id: removes what was stored for it.</summary>
    /// <returns>Whether there was something to remove.</returns>
    internal async ValueTask<bool> AbandonAsync()
    {
        if (!IsNewToAll || storage.IsCarried)
        {
            return false;
        }

        try
        {
            await DeleteAsync(_record!).ConfigureAwait(false);
        }
        catch (SessionStoreException error)
        {
            // The response is out, and the record ends by itself.
            services.Diagnostics.AbandonFailed(Driver, _key, error);
        }

        return true;
    }

    // Once the headers are sent it stays as it was: consent that comes later can't let the id out.
    private bool IsKeptBack() => IsWithheld = boundary.HeadersSent ? IsWithheld : !_hasToken && boundary.Withholds(this);

    // Every id that a client may have is to be revoked, and the new one reaches nobody: the record ends, and the request goes on as with a new
    // session, which is stored if it may be told after all.
    private async ValueTask LetGoAsync(SessionRecord record, bool explicitly)
    {
        if (explicitly)
        {
            return;
        }

        (VariableMap data, VariableMap flash, string? principal) = (_data, _flash, _principal);
        State = SessionState.Destroyed;
        await EndAsync(record, explicitly).ConfigureAwait(false);
        if (State != SessionState.Detached)
        {
            BeginNew();
            (_data, _flash, _principal) = (data, flash, principal);
        }
    }
}
