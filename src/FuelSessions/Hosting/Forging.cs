using FuelSessions.Drivers;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>How a session is forged: out of the ids that came and the settings that are asked for, once in a request.</summary>
internal static class Forging
{
    /// <summary>The session of those settings, for the app's code. One that was forged with others is refused.</summary>
    /// <param name="isCustom">Whether the settings were made for this call.</param>
    internal static Session Forge(RequestSessions sessions, FuelSessionsOptions options, bool isCustom)
    {
        RequestForm.Read(sessions, options);
        return HandOut(sessions, options, isCustom);
    }

    /// <summary>The same, and read.</summary>
    internal static async Task<Session> ForgeAsync(RequestSessions sessions, FuelSessionsOptions options, bool isCustom, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await ForgeAsync(sessions, options, isCustom).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ForgeAsync(RequestSessions, FuelSessionsOptions, bool, CancellationToken)"/>
    internal static async ValueTask<Session> ForgeAsync(RequestSessions sessions, FuelSessionsOptions options, bool isCustom)
    {
        sessions.ThrowIfOver();
        await RequestForm.ReadAsync(sessions, options).ConfigureAwait(false);
        Session session = HandOut(sessions, options, isCustom);
        await session.Transaction.UseAsync().ConfigureAwait(false);
        return session;
    }

    private static Session HandOut(RequestSessions sessions, FuelSessionsOptions options, bool isCustom)
    {
        sessions.ThrowIfOver();
        SessionEntry entry;

        // Code of one request may ask from several threads at once, as GraphQL resolvers do: all are to get the same session.
        lock (sessions)
        {
            entry = FindFor(sessions, options, isCustom) ?? Begin(sessions, options);
            entry.IsHandedOut = true;
            if (options.PreventSharedCaching)
            {
                SharedCaches.ForbidOwn(sessions.Context, options);
            }
        }

        entry.Session.Transaction.MarkUsed();
        entry.Session.Transaction.Reopen();
        sessions.Use.Learn(options);
        return entry.Session;
    }

    private static SessionEntry? FindFor(RequestSessions sessions, FuelSessionsOptions options, bool isCustom)
    {
        if (Find(sessions, options) is not { } entry)
        {
            return null;
        }

        bool isOfOtherDriver = entry.Session.Driver != options.Driver;
        string? difference = Difference(entry, options, isCustom);
        if (!isOfOtherDriver && difference is null)
        {
            return entry;
        }

        if (!entry.IsHandedOut)
        {
            // Read ahead for what another request wanted; this one wants something else.
            sessions.Remove(entry);
            return null;
        }

        throw new InvalidOperationException(isOfOtherDriver
            ? $"This request has a session of driver '{entry.Session.Driver}' under the cookie name '{options.CookieName}'; it can't be used for driver '{options.Driver}' too. Give one of them another CookieName."
            : $"This request has forged the session with the cookie name '{options.CookieName}' before, with another '{difference}'. Forge it with the same settings, or change it with SetConfig.");
    }

    /// <summary>The same for who only reads ahead.</summary>
    internal static SessionEntry FindOrBegin(RequestSessions sessions, FuelSessionsOptions options)
    {
        lock (sessions)
        {
            return Find(sessions, options) ?? Begin(sessions, options);
        }
    }

    private static SessionEntry? Find(RequestSessions sessions, FuelSessionsOptions options)
    {
        if (sessions.Find(options.CookieName) is not { } entry)
        {
            return null;
        }

        SessionTransaction transaction = entry.Session.Transaction;
        if (entry.IsHandedOut || transaction.IsUsed || string.Equals(transaction.Options.CookieName, Here(sessions, entry.Session.Forged).CookieName, StringComparison.Ordinal))
        {
            return entry;
        }

        // What runs behind this middleware has made a request over https of one over http.
        sessions.Diagnostics.SchemeCameLate(options.Driver);
        sessions.Remove(entry);
        return null;
    }

    private static SessionEntry Begin(RequestSessions sessions, FuelSessionsOptions options)
    {
        SessionServices services = sessions.Services;
        SessionHome home = services.HomeOf(options.Driver);
        FuelSessionsOptions here = Here(sessions, options);
        ChannelReader.Arrival arrival = ChannelReader.Read(sessions.Context, here, home.Protector, home.IsCarried, out ChannelReader.Arrival[]? others);
        if (arrival.IsForeign)
        {
            services.Engine.Diagnostics.UnreadableId(sessions.Events, home.Driver, here);
        }

        CarriedRecord? carried = home.IsCarried ? new CarriedRecord(arrival.Record, others?[0].Record, services.Clock) : null;
        SessionStorage storage = carried is null ? home.Storage! : home.Carried(carried);
        PresentedId[]? otherIds = others is null ? null : Array.ConvertAll(others, other => other.Id!.Value);
        var transaction = new SessionTransaction(services.Engine, storage, here, sessions, arrival.Id, otherIds);
        var entry = new SessionEntry(new Session(transaction, options), arrival.Channel, others is null ? null : [arrival, .. others]) { SawForm = RequestForm.IsRead(sessions, options) };
        carried?.PackWith(new CookiePacking(transaction));
        sessions.Add(entry);
        return entry;
    }

    // The cookie of https has another name.
    private static FuelSessionsOptions Here(RequestSessions sessions, FuelSessionsOptions options) =>
        SessionCookie.IsSecure(sessions.Context, options) ? options.Secured : options;

    private static string? Difference(SessionEntry entry, FuelSessionsOptions options, bool isCustom) =>
        isCustom ? SessionProfiles.Difference(entry.Session.Forged, options) : null;
}
