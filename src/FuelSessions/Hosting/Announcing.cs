using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// What a response says of its sessions: at once when they are saved, for middleware that looks at the headers before the server does, and again
/// when the server starts the response: an error page may have cleared them.
/// </summary>
internal struct Announcing
{
    // What the cookies of the response were when everything had been saved and announced, and whether that still is so.
    private StringValues _cookies;
    private bool _isCurrent;

    // The app was told by an exception. What it answers then is not to fail for it once more.
    private bool _hasFailed;

    /// <summary>The cookies as they were made here: what the response has instead in the end, others have had a hand in.</summary>
    internal readonly StringValues Cookies => _cookies;

    /// <summary>A session was changed since.</summary>
    internal void Outdate() => _isCurrent = false;

    internal void Announce(RequestSessions sessions)
    {
        if (sessions.HeadersSent || _hasFailed)
        {
            return;
        }

        try
        {
            IHeaderDictionary headers = sessions.Context.Response.Headers;
            bool isThere = _isCurrent && headers.SetCookie == _cookies;
            for (SessionEntry? entry = sessions.First; entry is not null; entry = entry.Next)
            {
                ChannelWriter.Write(sessions.Context, entry, sessions.Services.HomeOf(entry.Session.Driver).Protector, isThere);
                if (entry.SentCookie is not null && DroppedCookies.WhyDropped(sessions.Context, entry.Session.Transaction.Options) is { } reason)
                {
                    sessions.Diagnostics.CookieDropped(entry.Session.Driver, entry.Session.Transaction.Options, reason);
                }

                if (entry.SentCookie is not null && entry.Session.Transaction.IsBesideHeldBack && sessions.Use.IsFirstBeside())
                {
                    sessions.Diagnostics.BesideHeldBack(entry.Session.Driver, entry.Session.Transaction.Options, sessions.Use.Name);
                }

                if (sessions.Services.Bindings is { } bindings && sessions.Context.Request.IsHttps)
                {
                    AnnouncedBinding.Write(sessions, entry, bindings);
                }

                if (entry.Session.Transaction.IsWithheld)
                {
                    Withholding.Report(sessions, entry);
                }
            }

            if (sessions.Services.Bindings is not null)
            {
                AnnouncedBinding.TakeBackOverdue(sessions);
            }

            _cookies = headers.SetCookie;
            _isCurrent = true;
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }
}
