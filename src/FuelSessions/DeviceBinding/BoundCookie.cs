using System.Buffers.Binary;
using System.Buffers.Text;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// The short-lived cookie beside the session's own, which only a browser gets that signs with the device's key. Each binding's has a name of its own: what a
/// browser still refreshes of an earlier session takes none of this one's place.
/// </summary>
internal static class BoundCookie
{
    // Of the binding's id. Two of one browser share a name once in 10^14 times.
    private const int NameBytes = 6;

    private const int ValueLength = 22;

    internal static string NameOf(DeviceBinding binding, FuelSessionsOptions options)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, binding.Id);
        Span<char> mark = stackalloc char[NameBytes / 3 * 4];
        Base64Url.EncodeToChars(bytes[..NameBytes], mark);
        return string.Concat(options is { CookiePath: "/", CookieDomain: null } ? CookiePrefix.Host : CookiePrefix.Secure, "bound-", mark);
    }

    /// <summary>Whether the request brought one, good or not.</summary>
    internal static bool IsIn(HttpContext context, DeviceBinding binding, FuelSessionsOptions options) =>
        !SessionCookie.Read(context, NameOf(binding, options), out _).IsEmpty;

    internal static bool IsGood(HttpContext context, DeviceBinding binding, FuelSessionsOptions options, DateTimeOffset now)
    {
        ReadOnlySpan<char> value = SessionCookie.Read(context, NameOf(binding, options), out List<string>? several);
        if (several is null)
        {
            return IsGood(value, binding, now);
        }

        foreach (string one in several)
        {
            if (IsGood(one, binding, now))
            {
                return true;
            }
        }

        return false;
    }

    internal static void Set(HttpContext context, DeviceBinding binding, FuelSessionsOptions options, SessionSecret value, TimeSpan age)
    {
        CookieOptions cookie = Attributes(options);
        cookie.MaxAge = age;
        context.Response.Cookies.Append(NameOf(binding, options), Text(value), cookie);
    }

    internal static void Delete(HttpContext context, DeviceBinding binding, FuelSessionsOptions options)
    {
        context.Response.Cookies.Delete(NameOf(binding, options), Attributes(options));
        SharedCaches.ForbidStorage(context);
    }

    /// <summary>The attributes as the response sets them, whatever a cookie policy has made of them; but for the age, which instructions don't name.</summary>
    internal static string AttributesIn(HttpContext context, string name)
    {
        string set = context.Response.Headers.SetCookie.LastOrDefault(header => header?.StartsWith(name + "=", StringComparison.Ordinal) == true) ?? "";
        return string.Join("; ", set.Split("; ").Skip(1).Where(static part => !part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase)));
    }

    internal static string Text(SessionSecret value)
    {
        Span<byte> bytes = stackalloc byte[SessionSecret.Size];
        value.WriteTo(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    private static bool IsGood(ReadOnlySpan<char> text, DeviceBinding binding, DateTimeOffset now)
    {
        if (text.Length != ValueLength || text.ContainsAnyExcept(SessionCookie.Base64UrlCharacters))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[SessionSecret.Size];
        return Base64Url.TryDecodeFromChars(text, bytes, out int size) && size == bytes.Length && binding.IsProvedBy(SessionSecret.FromBytes(bytes), now);
    }

    // Essential as the session's cookie is, which its user has consented to, or it would not be there.
    private static CookieOptions Attributes(FuelSessionsOptions options) => new()
    {
        Domain = options.CookieDomain,
        Path = options.CookiePath,
        Secure = true,
        HttpOnly = true,
        SameSite = options.CookieSameSite,
        IsEssential = true,
    };
}
