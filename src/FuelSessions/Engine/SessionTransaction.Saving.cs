using System.Runtime.CompilerServices;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a request's session is saved: at the end or because the app asks, and by what it is by then.</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Saves what this request did to the session.</summary>
    /// <exception cref="SessionStoreException">The store did not accept it; no id goes out.</exception>
    /// <param name="explicitly">Whether the app asked for it, and goes on; otherwise the response is going out, or the request is over.</param>
    /// <param name="closing">Whether the app has seen what it wants to see: flash variables that end with the request end now.</param>
    /// <exception cref="SessionGoneException">At an explicit save only: the session ended meanwhile.</exception>
    internal ValueTask SaveAsync(bool explicitly, bool closing = false)
    {
        // Who has been told that it could not be read has done nothing to it.
        if (_progress.IsSaved || !IsToBeSaved || (!IsLoaded && _progress.Failure is { IsTold: true }))
        {
            return default;
        }

        // Kept alive, and nothing was asked of it: no flash variable ages, and no error of the store is the endpoint's [W7].
        if (IsUsed)
        {
            _answer.IsWithheld &= _visit.Boundary.HeadersSent;
            if (!IsLoaded || _intent.Ends is not null)
            {
                return SaveLoadedAsync(explicitly, closing);
            }

            Use();
            Expire(explicitly, closing);
        }

        return SaveStandingAsync(explicitly);
    }

    // What few requests have to wait for first.
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveLoadedAsync(bool explicitly, bool closing)
    {
        await LoadForUseAsync().ConfigureAwait(false);
        if (_intent.Ends is { } doomed)
        {
            await EndAsync(doomed, explicitly).ConfigureAwait(false);
        }

        Expire(explicitly, closing);
        await SaveStandingAsync(explicitly).ConfigureAwait(false);
    }

    private void Expire(bool explicitly, bool closing)
    {
        if (!explicitly || closing)
        {
            _content.Expire();
        }
    }

    private ValueTask SaveStandingAsync(bool explicitly)
    {
        switch (_standing)
        {
            case Fresh fresh when IsUsed:
                return SaveAsync(fresh, explicitly, StoreDeadline.Start(Options.StoreTimeout));
            case Kept kept when !IsReadOnlyByBinding:
                return SaveAsync(kept, explicitly);
            case Apart { State: SessionState.Detached or SessionState.Gone } apart when _content.HasChanges || apart.IsUntold:
                RefuseChanges(explicitly);
                break;
        }

        Saved(explicitly);
        return default;
    }

    // What is withheld may be let out until the headers are.
    private void Saved(bool explicitly)
    {
        lock (_content)
        {
            // Another thread may have gone on meanwhile.
            _progress.IsSaved = IsSaved(explicitly);
        }
    }

    private bool IsSaved(bool explicitly) => !explicitly && !_content.HasChanges && _intent.Ends is null && (!IsWithheld || _visit.Boundary.HeadersSent);

    // Whether the app has asked for nothing that is to be stored: what is written all the same is upkeep.
    private bool IsUpkeep => !_content.HasChanges && (_standing is Kept kept ? _intent.IsNone(kept.Record) : _intent.Attachment is null);
}
