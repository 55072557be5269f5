using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// Which refresh tokens were sent and not answered yet, as far as anybody knows. A process that is killed in mid-renewal does not stop the
/// provider: whoever comes next waits for as long as an answer may take, before it sends the same refresh token again. Kept by the same manager,
/// as a token that has nothing but <see cref="OAuthToken.Ref"/>, which holds a hash.
/// </summary>
internal sealed class BegunRenewals(ITokenSessionManager manager, TimeProvider clock, TimeSpan window, TimeSpan patience, TokenDiagnostics diagnostics)
{
    private const string Kind = "renewal";

    /// <summary>Whether an answer to this very refresh token may still be on its way to another process.</summary>
    internal async Task<bool> IsUnderWayAsync(TokenKey key, OAuthToken token, CancellationToken cancellationToken)
    {
        OAuthToken stored = await manager.GetAsync(NoteOf(key), cancellationToken).ConfigureAwait(false);
        return stored.ExpiresAt > clock.GetUtcNow() && stored.Ref is { Type: Kind } begun && begun.Id == NameOf(token);
    }

    /// <summary>Says that this refresh token is about to be sent. A failure is logged only: it costs the notice, not the token.</summary>
    /// <returns>Whether it is written, so that others wait.</returns>
    internal Task<bool> BeginAsync(TokenKey key, OAuthToken token)
    {
        // Whole seconds, as times of tokens are; rounded up.
        DateTimeOffset end = Endpoint.Times.InSeconds(clock.GetUtcNow() + window + TimeSpan.FromSeconds(1));
        return SetAsync(key, new OAuthToken { ExpiresAt = end, RefreshTokenExpiresAt = end, Ref = new OAuthTokenRef(Kind, NameOf(token)) });
    }

    /// <summary>After an answer that issued nothing. After one that did, the notice is about a token that is not there any more.</summary>
    internal Task EndAsync(TokenKey key) => SetAsync(key, OAuthToken.Empty);

    private async Task<bool> SetAsync(TokenKey key, OAuthToken note)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        try
        {
            await manager.SetAsync(note, NoteOf(key), deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error)
        {
            diagnostics.NoteFailed(key, error);
            return false;
        }
    }

    private static TokenKey NoteOf(TokenKey key) => new(key.Client, key.Owner, key.Identity.Begun());

    // Of the issue, not of the refresh token alone: where that stays the same, the next renewal is another.
    private static string NameOf(OAuthToken token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{token.AccessToken}\0{token.RefreshToken}")));
}
