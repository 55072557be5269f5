using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// What the framework's session calls its id: apps key carts and caches by it and write it into logs, so that it must tell sessions apart, stay the
/// same through rotations, and lead back to nothing. 128 bits of a hash of the session's key, written as the framework writes its own.
/// </summary>
internal static class NativeSessionId
{
    private static ReadOnlySpan<byte> Purpose => "FuelSessions: ISession.Id"u8;

    internal static string Of(SessionKey key)
    {
        Span<byte> named = stackalloc byte[Purpose.Length + SessionKey.Size];
        Purpose.CopyTo(named);
        key.WriteTo(named[Purpose.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(named, hash);
        return new Guid(hash[..16]).ToString();
    }
}
