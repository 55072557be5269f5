using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a request that lives long looks at its session again.</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>
    /// Reads the record again, with the changes that this request has not saved yet on top of it. Who has proved the session once may
    /// look at it through any number of ordinary rotations, as with a token; a revoking one ends that [R10].
    /// </summary>
    internal async ValueTask ReloadAsync()
    {
        bool began = !_loaded;
        await UseAsync().ConfigureAwait(false);
        if (began || State != SessionState.Active || _stored is null)
        {
            return;
        }

        SessionRecord? latest = await storage.ReadAsync(_key, Options.StoreTimeout).ConfigureAwait(false);
        lock (Turn)
        {
            if (latest is null || ExpiryPolicy.IsOver(latest, services.Clock.GetUtcNow(), Options))
            {
                Empty();
                Gone(explicitly: false);
            }
            else if (IsShutOutBy(latest))
            {
                LeaveUnsaved();
            }
            else if (latest.Version != _record!.Version)
            {
                TakeOver(latest);
            }
        }
    }

    // The changes stay, for the save to refuse.
    private void LeaveUnsaved()
    {
        ChangeList changes = _changes;
        Empty();
        ShutOut();
        _changes = changes;
    }

    // A merge as a save would make it, which is not written yet [W2].
    private void TakeOver(SessionRecord latest)
    {
        var data = new VariableMap(latest.Data);
        var flash = new VariableMap(latest.Flash);
        _changes.Replay(data, flash);
        _principal = HasAttached ? _principal : latest.Principal;
        _held = CurrentSecret(latest) ?? _held;
        _record = latest;
        _stored = (latest, _held);
        _data = data;
        _flash = flash;
    }
}
