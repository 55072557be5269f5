using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// What tokens carry: a secret of the session's epoch, which its record holds as a hash, and sealed for the holder of the current id [C6]. Only
/// sessions that tokens are made for have one, or whose settings take tokens.
/// </summary>
internal sealed partial class SessionTransaction
{
    // As far as this request knows it. Not stored yet if the record has none, or another one.
    private SessionSecret? _tokenSecret;

    /// <summary>The secret of the tokens that are good from this request's end on, until the next revoking rotation.</summary>
    internal SessionSecret TokenSecret()
    {
        UseNow();
        lock (Turn)
        {
            bool isNewEpoch = State != SessionState.Active || _rotation is { Revokes: true };
            if (!isNewEpoch && _record!.TokenSecret is { } stored && !IsOf(stored) && CurrentSecret(_record) is { } current)
            {
                _tokenSecret = current.OpenTokenSecret(stored);
            }

            if (_tokenSecret is null)
            {
                // Whoever begins an epoch is alone at it. In one that has begun, another request may be at the same.
                _tokenSecret = isNewEpoch ? SessionSecret.Create() : _held!.DeriveTokenSecret();
                Unsaved();
            }

            return _tokenSecret;
        }
    }

    private bool IsOf(StoredTokenSecret stored) => _tokenSecret is { } known && known.Hash().Equals(stored.Hash);

    // What the record still lacks, when it is about to be stored under that id.
    private SessionRecord WithTokenSecret(SessionRecord next, SessionSecret? current, bool isNewEpoch, bool wanted)
    {
        if (next.TokenSecret is { } stored)
        {
            return _tokenSecret is null || IsOf(stored)
                ? next
                : throw new SessionStoreException($"The token that was made of session {_key.Fingerprint} on driver '{Driver}' is not good: another request gave its tokens another secret meanwhile. Ask for it again.");
        }

        if (isNewEpoch && wanted)
        {
            _tokenSecret ??= SessionSecret.Create();
        }

        return _tokenSecret is null || current is null ? next : next with { TokenSecret = current.SealTokenSecret(_tokenSecret) };
    }
}
