using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.SignIn;

/// <summary>
/// The sign-ins that a browser has begun and not ended, in one variable of its session, encrypted. Several, because people open several tabs; few,
/// because anybody can begin one.
/// </summary>
internal sealed class PendingSignIns(IDataProtectionProvider protection, TimeProvider clock)
{
    internal const string Variable = "oauth_sign_ins";

    private const int Most = 5;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly IDataProtector _protector = protection.CreateProtector("FuelSessions.Tokens", "sign-in");

    internal void Add(Session session, PendingSignIn added) =>
        session.Update<string>(Variable, stored => Write([.. Read(stored).TakeLast(Most - 1), added]));

    /// <summary>Takes one out, so that it is good once; null if it is not there, or is too old.</summary>
    internal PendingSignIn? Take(Session session, string client, string? state)
    {
        PendingSignIn? taken = null;
        if (session.Has(Variable))
        {
            session.Update<string>(Variable, stored =>
            {
                PendingSignIn[] all = Read(stored);
                taken = all.FirstOrDefault(pending => pending.Client == client && pending.State == state);
                return Write([.. all.Where(pending => pending != taken)]);
            });
        }

        return taken;
    }

    private string Write(PendingSignIn[] all) => _protector.Protect(JsonSerializer.Serialize(all, PendingSignInJson.Default.PendingSignInArray));

    private PendingSignIn[] Read(string? stored)
    {
        try
        {
            PendingSignIn[] all = stored is null ? [] : JsonSerializer.Deserialize(_protector.Unprotect(stored), PendingSignInJson.Default.PendingSignInArray) ?? [];
            DateTimeOffset oldest = clock.GetUtcNow() - Longest;
            return [.. all.Where(pending => pending.Begun >= oldest)];
        }
        catch (Exception error) when (error is CryptographicException or JsonException)
        {
            // Begun with keys that are gone: whoever did begins again.
            return [];
        }
    }
}
