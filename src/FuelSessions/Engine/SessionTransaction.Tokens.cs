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

    // What is about to be stored in a record that has none; null if nobody wants it.
    private SessionSecret? NewTokenSecret(bool wanted) => _tokenSecret ??= wanted ? SessionSecret.Create() : null;

    private SessionStoreException TokenLost() => new(
        $"The token that was made of session {_key.Fingerprint} on driver '{Driver}' is not good: its id was rotated meanwhile, and its tokens were given another secret. Ask for the token again.");
}
