using FuelSessions.Engine;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>Cookies that the pipeline keeps from the client: for want of consent, or in whatever way other middleware does it [C7].</summary>
internal static class Withholding
{
    /// <summary>Whether the cookie of that session would be kept back, and nothing else tells the client its id.</summary>
    internal static bool IsToBeExpected(RequestSessions sessions, SessionTransaction transaction) =>
        transaction.Options is { EnableCookie: true } options
        && sessions.Context.Features.Find<ITrackingConsentFeature>() is { CanTrack: false }
        && !transaction.IsEssential
        && sessions.EntryOf(transaction) is { } entry
        && ChannelWriter.GoesByCookieOnly(entry, options);

    /// <summary>Whether the response has gone out without a cookie that was made for it.</summary>
    /// <param name="announced">The cookies as they were made: what the response has instead, others have had a hand in.</param>
    internal static bool HasHappened(RequestSessions sessions, StringValues announced)
    {
        SessionEntry? entry = sessions.First;
        while (entry is not null && !HasHappened(sessions, entry, announced))
        {
            entry = entry.Next;
        }

        return entry is not null;
    }

    /// <summary>The response has gone out: what was stored for a cookie that others have taken out of it is removed.</summary>
    /// <inheritdoc cref="HasHappened(RequestSessions, StringValues)" path="/param"/>
    internal static async ValueTask AbandonAsync(RequestSessions sessions, StringValues announced)
    {
        for (SessionEntry? entry = sessions.First; entry is not null; entry = entry.Next)
        {
            if (HasHappened(sessions, entry, announced))
            {
                entry.SentCookie = null;
                Report(sessions, entry);
                await entry.Session.Transaction.AbandonAsync().ConfigureAwait(false);
            }
        }
    }

    private static bool HasHappened(RequestSessions sessions, SessionEntry entry, StringValues announced) =>
        entry.SentCookie is { } cookie && (entry.IsCookieRefused || !SessionCookie.IsIn(sessions.Context, cookie, announced));

    internal static void Report(RequestSessions sessions, SessionEntry entry)
    {
        if (entry.IsWithheldReported)
        {
            return;
        }

        entry.IsWithheldReported = true;
        SessionTransaction transaction = entry.Session.Transaction;
        sessions.Diagnostics.Withheld(
            sessions.Events, transaction.Driver, transaction.Key, transaction.Principal, transaction.Options, sessions.Use.Name, sessions.Use.IsFirstWithheld());
    }
}
