using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>Serves <c>HttpContext.Session</c> from the default session, for code written for the framework's own one.</summary>
internal sealed class NativeSessionFeature(RequestSessions sessions) : ISessionFeature
{
    private ISession? _session;

    public ISession Session
    {
        get => _session ??= new NativeSession(sessions);
        set => _session = value;
    }
}
