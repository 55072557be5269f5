namespace FuelSessions.Tokens;

/// <summary>
/// The grant is no good any more: expired, revoked, used up, or there is nothing to renew with. Signing in again is what helps.
/// </summary>
public sealed class TokenRefusedException : Exception
{
    /// <summary>A refusal, with what the provider said of it.</summary>
    public TokenRefusedException(string message, OAuthError? error = null, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>The client whose token it is about; null if that was not said.</summary>
    public string? Client { get; init; }

    /// <summary>What the provider said; null if it was not asked.</summary>
    public OAuthError? Error { get; }
}
