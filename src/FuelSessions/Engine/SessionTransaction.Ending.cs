using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a stored session is ended, and what becomes of a request that a revoking rotation has overtaken meanwhile [W5, W6].</summary>
internal sealed partial class SessionTransaction
{
    private async ValueTask EndAsync(SessionRecord doomed, bool explicitly)
    {
        bool isEnded = await DeleteAsync(doomed).ConfigureAwait(false);
        _doomed = null;
        _stored = null;
        IdToSend = null;
        if (isEnded)
        {
            IdToWithdraw = true;
            services.Diagnostics.Destroyed(Driver);
            return;
        }

        // A new session that was begun in its place is the app's wish, and goes on.
        State = State == SessionState.Destroyed ? SessionState.Detached : State;
        RefuseChanges(explicitly);
    }

    // Whatever was written meanwhile; but not a session that somebody else has taken over since this request read it.
    private async ValueTask<bool> DeleteAsync(SessionRecord read)
    {
        StoreDeadline deadline = StoreDeadline.Start(Options.StoreTimeout);
        SessionRecord basis = read;
        for (int attempt = 1; ; attempt++)
        {
            WriteResult result = await storage.DeleteAsync(basis, Options.StoreTimeout, deadline).ConfigureAwait(false);
            if (result.Winner is not { } winner)
            {
                return true;
            }

            if (winner.Epoch != read.Epoch)
            {
                return false;
            }

            basis = winner;
            services.Diagnostics.Conflict(Driver, read.Key, attempt);
            try
            {
                await services.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException error)
            {
                await deadline.StepAsideAsync().ConfigureAwait(false);
                throw storage.Failure("destroyed", read.Key, Options.StoreTimeout, error);
            }
        }
    }

    // The request is for somebody who is shut out since: nothing that it did is merged into what the winner stored, and no function of it sees that.
    private void Overtake(bool explicitly)
    {
        bool drops = _changes.Count > 0 || HasAttached || _rotation is not null || _newLifetime is not null;
        ShutOut();
        if (drops)
        {
            RefuseChanges(explicitly);
        }
    }
}
