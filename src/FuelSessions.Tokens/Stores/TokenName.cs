using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tokens.Stores;

/// <summary>What a store calls a token: a hash, so that no name of a user is in the name of a file or a key.</summary>
internal static class TokenName
{
    /// <summary>64 hexadecimal digits over the whole key.</summary>
    internal static string Of(TokenKey key) => Hash(key.Client, key.Owner, key.Identity.Type, key.Identity.Identifier);

    /// <summary>The same as 32 bytes.</summary>
    internal static byte[] BytesOf(TokenKey key) => Bytes(key.Client, key.Owner, key.Identity.Type, key.Identity.Identifier);

    /// <summary>64 hexadecimal digits over all but the client.</summary>
    internal static string WithinClient(TokenKey key) => Hash(key.Owner, key.Identity.Type, key.Identity.Identifier);

    /// <summary>64 hexadecimal digits over all but the owner.</summary>
    internal static string WithinOwner(TokenKey key) => Hash(key.Client, key.Identity.Type, key.Identity.Identifier);

    private static string Hash(params ReadOnlySpan<string> parts) => Convert.ToHexStringLower(Bytes(parts));

    // Lengths first, so that no two lists of parts have one text.
    private static byte[] Bytes(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
