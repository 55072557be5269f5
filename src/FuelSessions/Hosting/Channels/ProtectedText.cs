using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions;

/// <summary>
/// Bytes under Data Protection, as base64url. A key ring that can't be read is an outage, a <see cref="SessionStoreException"/>,
/// and not the fault of what was presented.
/// </summary>
internal sealed class ProtectedText(IDataProtector protector, string driver)
{
    // Every protected payload begins with the same magic number: most garbage ends here, at no cost.
    private const string Start = "CfDJ8";

    // Its header, key id and tag alone take more.
    private const int Shortest = 64;

    // Why the keys could not be loaded the last time; null: they could, or nobody has asked.
    private volatile CryptographicException? _failure;
    private int _isTried;

    internal string Protect(ReadOnlySpan<byte> plain)
    {
        try
        {
            return Base64Url.EncodeToString(Run(protector.Protect, plain.ToArray()));
        }
        catch (CryptographicException error) when (IsOutage(error))
        {
            throw Outage("made", error);
        }
    }

    /// <summary>
    /// Null for what is longer than that, malformed, forged or another app's; the first two without an allocation. One text only stands
    /// for what was protected: no other way of writing the same bytes is taken.
    /// </summary>
    internal byte[]? Unprotect(ReadOnlySpan<char> text, int longest)
    {
        if (!HasForm(text, longest))
        {
            return null;
        }

        try
        {
            return Run(protector.Unprotect, Base64Url.DecodeFromChars(text));
        }
        catch (CryptographicException error) when (!IsOutage(error))
        {
            return null;
        }
        catch (CryptographicException error)
        {
            // A new session would take the place of the client's good one.
            throw Outage("read", error);
        }
    }

    /// <summary>Whether it looks like something that Data Protection has made, with whatever keys.</summary>
    internal static bool HasForm(ReadOnlySpan<char> text, int longest) =>
        text.Length >= Shortest
        && text.Length <= longest
        && text.StartsWith(Start, StringComparison.Ordinal)

        // The decoder would skip blanks and padding.
        && !text.ContainsAnyExcept(SessionCookie.Base64UrlCharacters)
        && Base64Url.IsValid(text);

    // Data Protection is asked synchronously, and has whoever asks wait while its keys are loaded: on threads which the store's answer would need. So in an outage one at a time
    // finds out whether it is over, and the others are told at once.
    private byte[] Run(Func<byte[], byte[]> call, byte[] bytes)
    {
        CryptographicException? failure = _failure;
        if (failure is not null && Interlocked.Exchange(ref _isTried, 1) != 0)
        {
            throw new CryptographicException(failure.Message, failure);
        }

        try
        {
            byte[] result = call(bytes);
            _failure = null;
            return result;
        }
        catch (CryptographicException error)
        {
            _failure = IsOutage(error) ? error : null;
            throw;
        }
        finally
        {
            if (failure is not null)
            {
                Volatile.Write(ref _isTried, 0);
            }
        }
    }

    // Data Protection says "can't be decrypted" of a key ring that can't be read as well, but then knows of another error.
    private static bool IsOutage(CryptographicException error) => error.GetBaseException() is not CryptographicException;

    private SessionStoreException Outage(string what, CryptographicException error) => new(
        $"The id of a session on driver '{driver}' could not be {what}, because Data Protection could not load its keys: {Sentence.Of(error.GetBaseException().Message)} The client keeps the id it has.",
        error);
}
