using System.Security.Cryptography;
using System.Text.Json;
using FuelSessions.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Demo.Client;

/// <summary>
/// A sign-in that has begun, in the session that keeps the tokens: encrypted, and good once. An app whose provider is elsewhere has that, and more, in
/// <c>app.MapTokenSignIn</c>.
/// </summary>
internal sealed class PendingSignIn(IDataProtectionProvider protection)
{
    private const string Variable = "sign_in";

    private readonly IDataProtector _protector = protection.CreateProtector("FuelSessions.Demo.SignIn");

    internal void Keep(Session session, AuthorizationRequest request) => session.Set(Variable, _protector.Protect(JsonSerializer.Serialize(request)));

    /// <summary>Null if none has begun, or another answer has taken it.</summary>
    internal async Task<AuthorizationRequest?> TakeAsync(Session session, CancellationToken cancellationToken)
    {
        if (!session.Has(Variable))
        {
            return null;
        }

        string? taken = null;
        session.Update<string>(Variable, stored =>
        {
            // Run once more where another request has written meanwhile, and may have taken it.
            taken = stored;
            return "";
        });
        try
        {
            // Before the code is used: a provider that sees one twice revokes what it was good for.
            await session.SaveAsync(cancellationToken);
            return string.IsNullOrEmpty(taken) ? null : JsonSerializer.Deserialize<AuthorizationRequest>(_protector.Unprotect(taken));
        }
        catch (Exception error) when (error is InvalidOperationException or CryptographicException)
        {
            // Another answer has ended its sign-in, which gave the session a new id; or it began with keys that are gone.
            return null;
        }
    }
}
