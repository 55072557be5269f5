namespace FuelSessions.Engine;

/// <summary>How the app's code comes to use the session, whichever of its threads asks first: waiting for it, or on the thread that asks.</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>The session counts as used, though nothing has been asked of it yet.</summary>
    internal void MarkUsed() => Mark(SessionUse.Given);

    private void Mark(SessionUse use)
    {
        if (_progress.Use < use)
        {
            lock (_content)
            {
                AtLeast(use);
            }
        }
    }

    /// <summary>From here on the request uses the session.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    internal ValueTask UseAsync()
    {
        ThrowIfOver();
        return LoadForUseAsync();
    }

    /// <summary>The same for code that can't wait: reads on the calling thread if nothing was read ahead.</summary>
    internal void UseNow()
    {
        if (_progress.IsReady)
        {
            return;
        }

        lock (_content)
        {
            ThrowIfOver();
            if (!IsLoaded)
            {
                ThrowIfLoadFailed();
                ValueTask loading = LoadAsync(isAhead: false, isWaiting: true);
                if (loading.IsCompleted)
                {
                    loading.GetAwaiter().GetResult();
                }
                else
                {
                    loading.AsTask().GetAwaiter().GetResult();
                }
            }

            Use();
        }
    }

    private async ValueTask LoadForUseAsync()
    {
        if (!IsLoaded)
        {
            ThrowIfLoadFailed();
            await LoadAsync(isAhead: false).ConfigureAwait(false);
        }

        lock (_content)
        {
            Use();
        }
    }

    private void Use()
    {
        if (_progress.Use < SessionUse.Begun)
        {
            AtLeast(SessionUse.Given);
            Unsaved();
            AgeFlash();
            AtLeast(SessionUse.Begun);
            if (_progress.Over == Over.Met && _visit.Presented is { } over)
            {
                Diagnostics.Expired(Events, Driver, over.Key, principal: null);
                _progress.Over = Over.Told;
            }
        }

        // Last: who finds it set goes on without waiting.
        Volatile.Write(ref _progress.IsReady, !_progress.IsOver);
    }

    private void AgeFlash()
    {
        // Of a session that began here no earlier request has left anything.
        if (_content.HasFlash && _standing is Kept { BeganHere: false } kept)
        {
            _content.Age(AgesFlash, kept.Record.Version);
        }
    }

    private bool AgesFlash => Options.FlashAutoExpire && !_visit.KeepsFlash;
}
