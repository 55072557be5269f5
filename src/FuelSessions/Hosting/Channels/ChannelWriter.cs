using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Tells the client its id, which goes back the way it came, and a new one by whatever is configured [C2]; and caches, whether the response is
/// for this client only.
/// </summary>
internal static class ChannelWriter
{
    /// <summary>Whether an id of that session reaches the client by cookie, or not at all.</summary>
    internal static bool GoesByCookieOnly(SessionEntry entry, FuelSessionsOptions options) =>
        options.EnableCookie && (entry.Channel == Channel.Cookie || (entry.Channel == Channel.None && options.HeaderName is null));

    /// <param name="isThere">Whether the response's cookies already are what they are to be.</param>
    internal static void Write(HttpContext context, SessionEntry entry, IdProtector protector, bool isThere)
    {
        SessionTransaction transaction = entry.Session.Transaction;
        FuelSessionsOptions options = transaction.Options;
        if (entry.IsHandedOut && options.PreventSharedCaching)
        {
            SharedCaches.Forbid(context, options);
        }

        bool byCookie = options.EnableCookie && entry.Channel is Channel.Cookie or Channel.None;
        bool byHeader = options.HeaderName is not null && entry.Channel is Channel.Header or Channel.None;
        SessionId? toSend = entry.Carried is { Changed: true, Record: not null } ? transaction.CurrentId : transaction.IdToSend;
        if (toSend is { } id && (byCookie || byHeader))
        {
            Send(context, entry, byCookie && !isThere, byHeader, id, protector);
            SharedCaches.ForbidStorage(context);
        }
        else if (byCookie && (transaction.IdToWithdraw ? entry.Channel == Channel.Cookie : IsToBeCleared(context, entry)))
        {
            if (!isThere)
            {
                SessionCookie.Delete(context, options, CookieOf(entry), inChunks: entry.Carried is not null);
            }

            SharedCaches.ForbidStorage(context);
        }
    }

    private static void Send(HttpContext context, SessionEntry entry, bool byCookie, bool byHeader, SessionId id, IdProtector protector)
    {
        if (!byCookie && !byHeader)
        {
            return;
        }

        SessionTransaction transaction = entry.Session.Transaction;
        FuelSessionsOptions options = transaction.Options;
        IdText value = Text(context, entry, id, protector);
        if (byCookie)
        {
            bool isTaken = SessionCookie.Set(context, options, CookieOf(entry), value, transaction.CookieAge, transaction.IsEssential, inChunks: entry.Carried is not null);
            entry.IsCookieRefused = !isTaken;
            entry.SentCookie = GoesByCookieOnly(entry, options) ? value.Own : null;
        }

        if (byHeader)
        {
            context.Response.Headers[options.HeaderName!] = value.ToString();
        }
    }

    // A destroyed session of the cookie driver leaves nothing behind, though what came was no whole session any more.
    private static bool IsToBeCleared(HttpContext context, SessionEntry entry) =>
        entry.Carried is not null
        && entry.Session.Transaction.State == SessionState.Destroyed
        && CookieChunks.In(context.Request.Headers.Cookie, CookieOf(entry)).Count > 0;

    // A cookie that only has to live longer goes back as it came.
    private static IdText Text(HttpContext context, SessionEntry entry, SessionId id, IdProtector protector)
    {
        FuelSessionsOptions options = entry.Session.Transaction.Options;
        return entry.Carried is { Record: not null } carried ? new(protector.ProtectRecord(id, carried.Packed, BoundNameOf(entry)))
            : !options.EncryptCookie ? new(id.Encode())
            : entry.Session.Transaction.Presents(id) && Came(context, entry, id, protector) is { } text ? new(text)
            : protector.ProtectId(id, BoundNameOf(entry), isShared: !entry.Session.Transaction.BeganHere || !GoesByCookieOnly(entry, options));
    }

    private static string? Came(HttpContext context, SessionEntry entry, SessionId id, IdProtector protector)
    {
        IEnumerable<string?> texts = entry.Channel == Channel.Cookie
            ? CookieHeader.Values(context.Request.Headers.Cookie, CookieOf(entry))
            : context.Request.Headers[entry.Session.Transaction.Options.HeaderName!];
        return texts.FirstOrDefault(text => protector.TryReadId(text, BoundNameOf(entry), out SessionId read) && read.Key == id.Key && read.Secret.Equals(id.Secret));
    }

    private static string CookieOf(SessionEntry entry) => NameOf(entry, entry.Session.Transaction.Options.CookieName);

    private static string BoundNameOf(SessionEntry entry) => NameOf(entry, entry.Session.Transaction.Options.BoundName);

    private static string NameOf(SessionEntry entry, string name) => entry.Session.Transaction.IsOther ? OtherName.Of(name) : name;
}
