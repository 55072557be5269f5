using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request that goes on for long asks of its session: how it is by now, and a token of it [C6, R10].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>The secret of the tokens that are good from this request's end on, until the next revoking rotation [C6].</summary>
    internal SessionSecret TokenSecret()
    {
        UseNow();
        lock (_content)
        {
            Kept? epoch = _intent.Rotation is { Revokes: true } ? null : _standing as Kept;
            if (epoch?.StoredTokens() is { } stored)
            {
                _intent = _intent with { Tokens = null };
                return stored;
            }

            if (_intent.Tokens is not { } tokens)
            {
                // Whoever begins an epoch is alone at it. In one that has begun, another request may be at the same.
                tokens = epoch?.Secret?.DeriveTokenSecret() ?? SessionSecret.Create();
                _intent = _intent with { Tokens = tokens };
                Unsaved();
            }

            return tokens;
        }
    }

    /// <summary>
    /// Reads the record again, with the changes that this request has not saved yet on top of it. Who has proved the session once may
    /// look at it through any number of ordinary rotations, as with a token; a revoking one ends that [R10].
    /// </summary>
    internal async ValueTask ReloadAsync()
    {
        bool began = !IsLoaded;
        await UseAsync().ConfigureAwait(false);
        if (began || _standing is not Kept)
        {
            return;
        }

        SessionRecord? latest = await _visit.Storage.ReadAsync(Key, Options.StoreTimeout).ConfigureAwait(false);
        lock (_content)
        {
            if (latest is null || ExpiryPolicy.IsOver(latest, _visit.Services.Clock.GetUtcNow(), Options))
            {
                Report(SessionEventKind.Gone, Key, Principal);
                LoseUnsaved(SessionState.Gone);
            }
            else if (IsShutOutBy(latest))
            {
                LoseUnsaved(SessionState.Detached);
            }
            else if (_standing is Kept kept && latest.Version != kept.Record.Version)
            {
                // A merge as a save would make it, which is not written yet [W2].
                _content.Rebase(Variables.Of(latest), kept.Record.Version, written: null);

                // Of another request's rotation the app sees the id in the next one.
                _shown = Shown;
                _standing = kept.With(latest);
            }
        }
    }

    // The changes stay, for the save to refuse, and so does that there was something else to save.
    private void LoseUnsaved(SessionState state)
    {
        bool isUntold = !IsUpkeep;
        _content.Hide();
        Lose(state, isUntold);
    }
}
