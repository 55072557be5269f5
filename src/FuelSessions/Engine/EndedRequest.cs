namespace FuelSessions.Engine;

/// <summary>What is said to whoever uses a session after its request.</summary>
internal static class EndedRequest
{
    internal static ObjectDisposedException Exception() => new(
        "Session",
        "The request of this session is over: nothing can be read from it or saved in it any more. Read what later work needs while the request runs and hand that on; "
        + "change the session inside the request, and await what changes it.");
}
