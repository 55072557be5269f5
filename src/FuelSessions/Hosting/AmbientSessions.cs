using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>Finds the current request's sessions from anywhere in its code, for FuelPHP's static style and for injection.</summary>
internal static class AmbientSessions
{
    private static readonly AsyncLocal<Scope?> Current = new();

    internal static Scope Enter(RequestSessions sessions)
    {
        var scope = new Scope(sessions);
        Current.Value = scope;
        return scope;
    }

    /// <summary>The current request's; null if there is no request, or it has no sessions.</summary>
    internal static RequestSessions? Find() => Current.Value?.Sessions;

    /// <exception cref="InvalidOperationException">There is no request, or it has no sessions.</exception>
    /// <exception cref="ObjectDisposedException">The request is over, and its code goes on.</exception>
    internal static RequestSessions Require() => Current.Value switch
    {
        { Sessions: { } sessions } => sessions,
        { } => throw EndedRequest.Exception(),
        null => throw new InvalidOperationException(
            "There is no session here: sessions exist inside a request, behind app.UseFuelSessions(), in endpoints that have not opted out. "
            + "Call app.UseFuelSessions() before what uses sessions; and have code that the server runs outside of it, such as a callback of Response.OnStarting for an answer without a body, use a Session or an ISessionStore that it was given before."),
    };

    /// <summary>Ends with the request, also for work that it left running.</summary>
    internal sealed class Scope(RequestSessions sessions) : IDisposable
    {
        internal RequestSessions? Sessions { get; private set; } = sessions;

        public void Dispose() => Sessions = null;
    }
}
