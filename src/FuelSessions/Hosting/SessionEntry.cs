using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>One session of a request, and how its id came in.</summary>
internal sealed class SessionEntry(Session session, Channel channel, CarriedRecord? carried)
{
    internal SessionEntry? Next;

    internal Session Session { get; } = session;

    /// <summary>How the client's id came in.</summary>
    internal Channel Channel { get; } = channel;

    internal CarriedRecord? Carried { get; } = carried;

    /// <summary>Whether the app's code has asked for it; otherwise it was only read ahead.</summary>
    internal bool IsHandedOut { get; set; }

    /// <summary>The text that the client sent for that id; null if it sent another one.</summary>
    internal string? TextOf(SessionId id) => Session.Transaction.TextOf(id);
}
