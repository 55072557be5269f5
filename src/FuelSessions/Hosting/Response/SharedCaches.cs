using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCaching;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FuelSessions;

/// <summary>Tells every cache on the way that a response may hold what one visitor's session says (RFC 9111, 5.2.2.7 and 4.1).</summary>
internal static class SharedCaches
{
    internal static void Forbid(HttpContext context, FuelSessionsOptions options)
    {
        // Also where it was said by now: code of the app's may have allowed it since.
        ForbidOutputCache(context);
        VaryByClient(context, options);
        IHeaderDictionary headers = context.Response.Headers;
        if (StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "private";
        }
    }

    /// <summary>Nor may any keep a response that sets an id, whoever has used the session, and whatever the app says of it (OWASP) [C5].</summary>
    internal static void ForbidStorage(HttpContext context)
    {
        ForbidOutputCache(context);
        context.Response.Headers.CacheControl = "no-store";
    }

    /// <summary>
    /// The app's own caches, as early as the session is used: the output cache, which looks at no header, and one behind the sessions, which decides
    /// before they are saved.
    /// </summary>
    internal static void ForbidOwn(HttpContext context, FuelSessionsOptions options)
    {
        ForbidOutputCache(context);
        if (!context.Response.HasStarted)
        {
            VaryByClient(context, options);
        }
    }

    private static void VaryByClient(HttpContext context, FuelSessionsOptions options)
    {
        Vary(context.Response.Headers, HeaderNames.Cookie);
        if (options.HeaderName is { } name)
        {
            Vary(context.Response.Headers, name);
        }

        if (options.QueryParameterName is { } parameter && context.Features.Get<IResponseCachingFeature>() is { } caching)
        {
            VaryByQuery(caching, parameter);
        }
    }

    // The response cache leaves out of an address what stands behind the question mark, unless it is told to heed it; others don't.
    private static void VaryByQuery(IResponseCachingFeature caching, string parameter)
    {
        string[] present = caching.VaryByQueryKeys ?? [];
        if (!present.Contains(parameter, StringComparer.OrdinalIgnoreCase))
        {
            caching.VaryByQueryKeys = [.. present, parameter];
        }
    }

    private static void ForbidOutputCache(HttpContext context)
    {
        if (context.Features.Find<IOutputCacheFeature>() is { } cache)
        {
            cache.Context.AllowCacheStorage = false;
        }
    }

    private static void Vary(IHeaderDictionary headers, string name)
    {
        // What was announced when the session was saved is looked at once more when the response starts.
        StringValues present = headers.Vary;
        if (present.Count == 0)
        {
            headers.Vary = name;
        }
        else if (!(present.Count == 1 && present[0] == name) && !Names(present, name))
        {
            headers.Append(HeaderNames.Vary, name);
        }
    }

    private static bool Names(StringValues lines, string name)
    {
        foreach (string? line in lines)
        {
            foreach (Range part in line.AsSpan().Split(','))
            {
                ReadOnlySpan<char> field = line.AsSpan(part).Trim();
                if (field is "*" || field.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
