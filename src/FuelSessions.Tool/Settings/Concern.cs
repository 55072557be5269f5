using FuelSessions.Tool.Stores;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Tool.Settings;

/// <summary>A setting that is allowed, and loses sessions or gives them away.</summary>
/// <param name="IsOf">Whether an app with these settings has it.</param>
internal sealed record Concern(string Setting, Func<FuelSessionsOptions, bool> IsOf, string Is, string Fix)
{
    internal static Concern[] All { get; } =
    [
        new("Driver", o => o.Driver == "memory", "sessions end with the process, and no other node knows of them", """Choose another driver: "file" on one machine, "redis" or "db" on several."""),
        new("Driver", o => o.Driver == "cookie", "of parallel requests one wins, what is destroyed lives on in a copied cookie, and keeping much is impossible", """Choose a driver with a server side for what must not be lost: "file", "redis" or "db" (docs/cookie.md)."""),
        new("Driver", o => o.Driver == "memcached", "it forgets sessions when it is full, and all when it restarts", """Choose "redis" or "db" for sessions that may not go (docs/memcached.md)."""),
        new("CookieHttpOnly", o => !o.CookieHttpOnly, "any script on a page can read the id, and send it elsewhere", "Leave it at true; hand scripts session.Token where they need something."),
        new("CookieSecure", o => o.CookieSecure == CookieSecurePolicy.None, "the id goes over connections that anybody can read", "Always, or SameAsRequest; behind a proxy that ends TLS, UseForwardedHeaders."),
        new("CookieSameSite", o => o.CookieSameSite == SameSiteMode.None, "requests that other sites cause come with the session", "Lax, unless the app is meant to be used within other sites' pages; then keep antiforgery tokens on every form."),
        new("QueryParameterName", o => o.QueryParameterName is not null, "ids get into access logs, histories and referrers", "Leave it out; PostFieldName or HeaderName take session.Token as well."),
        new("RotationTime", o => o.RotationTime is null, "an id that was stolen stays good for as long as the session lives", "Leave it at 00:05:00: parallel requests survive a rotation here."),
        new("AbsoluteExpiration", o => o.AbsoluteExpiration == Timeout.InfiniteTimeSpan, "who uses a stolen session keeps it for good", "Leave it out for a day, or name the longest time that somebody may stay signed in."),
        new("MatchIp", o => o.MatchIp, "people whose address changes, as on phones, find another session", "Leave it at false, unless all clients have fixed addresses."),
        new("OnStoreFailure", o => o.OnStoreFailure == StoreFailureAction.Detach, "while the store is away people seem to be logged out, and what they do is not kept", "Leave it at Throw for whatever changes sessions."),
        new("GcInterval", o => o.GcInterval == TimeSpan.Zero && (o.Driver is "file" or "db"), "what is over is never removed", "Leave it at 00:10:00, or let fuelsessions gc run regularly."),
        new("AllowSharedFolder", o => o.AllowSharedFolder && o.Driver == "file", "other accounts may read and write sessions", "Give the folder to the app's account (chmod 700) and leave it at false (docs/files.md)."),
    ];

    internal Finding Of(string driver) => new(Setting, $"driver {driver}: {Is}", Fix);
}
