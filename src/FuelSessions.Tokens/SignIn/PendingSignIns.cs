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

    /// <summary>Stores it, before anybody is sent away with it. Earlier ones give way to it where they don't all fit, and at last where the user wanted to return to.</summary>
    /// <param name="added">What has begun.</param>
    /// <param name="returnPath">Where its user goes if there is no room for what they asked for.</param>
    /// <param name="room">How much all of them may take, in characters.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    /// <returns>False if the session can't keep it: whoever came back would be told that nothing had begun.</returns>
    /// <exception cref="SessionTooLargeException">The session is full of other things. What it has done is taken back.</exception>
    internal async Task<bool> TryAddAsync(Session session, PendingSignIn added, string returnPath, int room, CancellationToken cancellationToken)
    {
        for (int others = Most - 1; ; others--)
        {
            int most = others;
            PendingSignIn kept = others < 0 || SizeOf(added) > room ? added with { ReturnPath = returnPath } : added;
            session.Update<string>(Variable, stored => Write(WithinRoom([.. Read(stored).Where(pending => pending.State != kept.State).TakeLast(Math.Max(most, 0)), kept], room)));
            try
            {
                await session.SaveAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (SessionTooLargeException) when (others >= 0)
            {
                // With fewer of them, then.
            }
            catch (SessionTooLargeException)
            {
                session.Reset();
                throw;
            }
            catch (InvalidOperationException)
            {
                // Detached, or ended meanwhile.
                return false;
            }
        }
    }

    /// <summary>
    /// Takes one out of what is stored, so that it is good once, also of two answers that come at the same time; null if it is not there, or is too old.
    /// </summary>
    internal async Task<PendingSignIn?> TakeAsync(Session session, string client, string? state, CancellationToken cancellationToken)
    {
        if (!session.Has(Variable))
        {
            return null;
        }

        // Looked for again where another request has written meanwhile.
        PendingSignIn? taken = null;
        session.Update<string>(Variable, stored =>
        {
            PendingSignIn[] all = Read(stored);
            taken = all.FirstOrDefault(pending => pending.Client == client && pending.State == state);
            return Write([.. all.Where(pending => pending != taken)]);
        });
        if (taken is null)
        {
            return null;
        }

        try
        {
            // A code that is used twice may cost the tokens that it was good for (RFC 6749, section 4.1.2).
            await session.SaveAsync(cancellationToken).ConfigureAwait(false);
            return taken;
        }
        catch (InvalidOperationException)
        {
            // Another answer has ended its sign-in, which gave the session a new id, or somebody has ended the session.
            return null;
        }
    }

    // The latest ones; the last of all in any case.
    private static PendingSignIn[] WithinRoom(PendingSignIn[] all, int room)
    {
        int first = all.Length - 1;
        long size = SizeOf(all[first]);
        while (first > 0 && (size += SizeOf(all[first - 1])) <= room)
        {
            first--;
        }

        return all[first..];
    }

    private static int SizeOf(PendingSignIn pending) => JsonSerializer.Serialize(pending, PendingSignInJson.Default.PendingSignIn).Length;

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
