using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>One session of a request, and how its id came in.</summary>
/// <param name="several">All the ids that came, if there is more than one: which one the session is of shows when it is read.</param>
internal sealed class SessionEntry(Session session, Channel channel, ChannelReader.Arrival[]? several)
{
    internal SessionEntry? Next;

    internal Session Session { get; } = session;

    /// <summary>How the client's id came in.</summary>
    internal Channel Channel => several is null ? channel : Array.Find(several, one => one.Id == Session.Transaction.Presented).Channel;

    /// <summary>The record that goes back in the cookie; null: it is kept at the server.</summary>
    internal CarriedRecord? Carried => Session.Transaction.Storage.Driver as CarriedRecord;

    /// <summary>Whether the app's code has asked for it; otherwise it was only read ahead.</summary>
    internal bool IsHandedOut { get; set; }

    /// <summary>Whether the request's form was looked into for it.</summary>
    internal bool SawForm { get; init; }

    /// <summary>The value of the cookie that the response was given for it, if it alone tells the client its id.</summary>
    internal string? SentCookie { get; set; }

    /// <summary>Whether the pipeline did not take that cookie.</summary>
    internal bool IsCookieRefused { get; set; }

    internal bool IsWithheldReported { get; set; }

    /// <summary>What the response offers the browser to bind the session with.</summary>
    internal OfferedBinding? Offer { get; set; }
}
