using Microsoft.AspNetCore.Http;

namespace FuelSessions.Dashboard;

/// <summary>A file of the page. Nothing comes from elsewhere, and nothing else is let in.</summary>
internal sealed class Asset
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private readonly string _type;
    private readonly byte[] _content;

    private Asset(string name, string type)
    {
        _type = type;
        using Stream file = typeof(Asset).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        file.CopyTo(content);
        _content = content.ToArray();
    }

    internal static Asset Page { get; } = new("dashboard.html", "text/html; charset=utf-8");

    internal static Asset Script { get; } = new("dashboard.js", "text/javascript; charset=utf-8");

    internal static Asset Style { get; } = new("dashboard.css", "text/css; charset=utf-8");

    internal static Asset Icon { get; } = new("icon.svg", "image/svg+xml");

    internal async Task WriteAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        context.Response.ContentType = _type;
        context.Response.ContentLength = _content.Length;
        await context.Response.Body.WriteAsync(_content, context.RequestAborted).ConfigureAwait(false);
    }
}
