using FuelSessions.Engine;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>Cookies that the pipeline keeps from the client: for want of consent, or in whatever way other middleware does it [C7].</summary>
internal sealed partial class RequestSessions
{
    private bool _failed;

    /// <inheritdoc/>
    public bool Withholds(SessionTransaction transaction)
    {
        if (transaction.Options is not { IsEssential: false, EnableCookie: true } options
            || context.Features.Get<ITrackingConsentFeature>() is not { CanTrack: false })
        {
            return false;
        }

        return _entries.Of(transaction) is { } entry && ChannelWriter.GoesByCookieOnly(entry, options);
    }

    // The response has gone out. What it says of cookies is what this class has made it say, or others have had a hand in it.
    private async ValueTask AbandonWithheldAsync()
    {
        if (_failed)
        {
            // Without an error page the server clears the headers itself.
            return;
        }

        for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
        {
            if (entry.SentCookie is not { } cookie || (!entry.IsCookieRefused && SessionCookie.IsIn(context, cookie, _announced)))
            {
                continue;
            }

            entry.SentCookie = null;
            ReportWithheld(entry);
            await entry.Session.Transaction.AbandonAsync().ConfigureAwait(false);
        }
    }

    private void ReportWithheld(SessionEntry entry)
    {
        if (entry.IsWithheldReported)
        {
            return;
        }

        entry.IsWithheldReported = true;
        SessionTransaction transaction = entry.Session.Transaction;
        services.Engine.Diagnostics.Withheld(
            transaction.Driver,
            transaction.Key,
            transaction.Principal,
            transaction.Options,
            _endpoint?.DisplayName ?? "an unknown endpoint",
            Use.IsFirstWithheld());
    }
}
