using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tokens.Stores.WebSession;

/// <summary>
/// A session as the owner of tokens: <c>driver:key</c>. The key stays the same through rotations, and proves nothing, as the secret beside it
/// in an id does.
/// </summary>
internal static class SessionOwner
{
    internal static async ValueTask<string> OfThisRequestAsync(string? driver, CancellationToken cancellationToken)
    {
        Session session = await AmbientSessions.Require().UseAsync(driver, cancellationToken).ConfigureAwait(false);
        return Of(session.Driver, session.Transaction.Key);
    }

    internal static string Of(string driver, SessionKey key) => $"{driver}:{key.ToHex()}";

    /// <exception cref="InvalidOperationException">The owner is no session of that driver.</exception>
    internal static SessionKey Parse(TokenKey key, string driver) =>
        key.Owner.Length > driver.Length && key.Owner.StartsWith(driver, StringComparison.Ordinal) && key.Owner[driver.Length] == ':'
        && SessionKey.TryParseHex(key.Owner.AsSpan(driver.Length + 1), out SessionKey session)
            ? session
            : throw new InvalidOperationException(
                $"The tokens of client '{key.Client}' are kept in the web session on driver '{driver}', and their owner is no such session. UseWebSession sets "
                + "TokenSessionOptions.Owner: leave it as it is, and name no owner for a request. For tokens outside a request choose another manager.");

    /// <summary>The current request's use of that session; null if there is no request, or it uses another one.</summary>
    internal static SessionTransaction? InThisRequest(string driver, SessionKey key) => AmbientSessions.Find()?.Transaction(driver, key);
}
