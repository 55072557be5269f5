using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.Stores;

/// <summary>
/// Puts secrets under Data Protection, with one purpose a client. Each is bound to its key and field: copied to another
/// user's entry it can't be read.
/// </summary>
internal sealed class TokenProtector(IDataProtectionProvider provider, string client)
{
    private const int BindingSize = 16;

    private readonly IDataProtector _protector = provider.CreateProtector("FuelSessions.Tokens", client);

    internal string Protect(string secret, TokenKey key, string field) =>
        Base64Url.EncodeToString(_protector.Protect([.. Binding(key, field), .. Encoding.UTF8.GetBytes(secret)]));

    /// <exception cref="CryptographicException">It was not protected for that key and field, or with a key that is not there any more.</exception>
    internal string Unprotect(string text, TokenKey key, string field)
    {
        byte[] plain;
        try
        {
            plain = _protector.Unprotect(Base64Url.DecodeFromChars(text));
        }
        catch (FormatException error)
        {
            throw new CryptographicException("The value is not base64url.", error);
        }

        return plain.AsSpan().StartsWith(Binding(key, field))
            ? Encoding.UTF8.GetString(plain.AsSpan(BindingSize))
            : throw new CryptographicException("The value belongs to another key.");
    }

    // Lengths first, so that no two keys have one text.
    private static ReadOnlySpan<byte> Binding(TokenKey key, string field) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{key.Owner.Length}:{key.Owner}{key.Identity.Type.Length}:{key.Identity.Type}{key.Identity.Identifier.Length}:{key.Identity.Identifier}{field}")).AsSpan(0, BindingSize);
}
