using FuelSessions.Drivers;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>How a session is forged, and found again.</summary>
internal sealed partial class RequestSessions
{
    private SessionEntries _entries;

    /// <summary>Whether a session was asked for, or read ahead.</summary>
    internal bool HasAny => _entries.First is not null;

    private Session HandOut(FuelSessionsOptions options, bool isCustom)
    {
        ThrowIfOver();
        SessionEntry? entry = Find(options.CookieName);
        if (entry is { IsHandedOut: false } && (entry.Session.Driver != options.Driver || Difference(entry, options, isCustom) is not null))
        {
            // Read ahead for what another request wanted; this one wants something else.
            _entries.Remove(entry);
            entry = null;
        }

        if (entry is null)
        {
            entry = Add(options);
        }
        else if (entry.Session.Driver != options.Driver)
        {
            throw new InvalidOperationException(
                $"This request has a session of driver '{entry.Session.Driver}' under the cookie name '{options.CookieName}'; it can't be used for driver '{options.Driver}' too. Give one of them another CookieName.");
        }
        else if (Difference(entry, options, isCustom) is { } setting)
        {
            throw new InvalidOperationException(
                $"This request has forged the session with the cookie name '{options.CookieName}' before, with another '{setting}'. Forge it with the same settings, or change it with SetConfig.");
        }

        if (options.PreventSharedCaching)
        {
            SharedCaches.ForbidOwn(context, options);
        }

        entry.IsHandedOut = true;
        entry.Session.Transaction.MarkUsed();
        entry.Session.Transaction.Reopen();
        Use.Learn(options);
        return entry.Session;
    }

    private static string? Difference(SessionEntry entry, FuelSessionsOptions options, bool isCustom) =>
        isCustom ? SessionProfiles.Difference(entry.Session.Forged, options) : null;

    private SessionEntry Add(FuelSessionsOptions options)
    {
        SessionHome home = services.HomeOf(options.Driver);
        FuelSessionsOptions here = SessionCookie.IsSecure(context, options) ? options.Secured : options;
        ChannelReader.Arrival arrival = ChannelReader.Read(context, here, home.Protector, home.IsCarried, out ChannelReader.Arrival[]? others);
        if (arrival.IsForeign)
        {
            services.Engine.Diagnostics.UnreadableId(home.Driver, here);
        }

        CarriedRecord? carried = home.IsCarried ? new CarriedRecord(arrival.Record, others?[0].Record, services.Clock) : null;
        SessionStorage storage = carried is null ? home.Storage! : home.Carried(carried);
        var transaction = new SessionTransaction(services.Engine, storage, here, this, arrival.Id, others is null ? null : Array.ConvertAll(others, other => other.Id!.Value), Use.ReadOnly);
        var entry = new SessionEntry(new Session(this, transaction, options), arrival.Channel, others is null ? null : [arrival, .. others], carried) { SawForm = _form is { IsRead: true } };
        carried?.PackWith(new CookiePacking(transaction));
        _entries.Add(entry);
        EndIfOver(entry);
        return entry;
    }

    private SessionEntry? Find(string cookieName) => _entries.Find(cookieName);
}
