namespace FuelSessions.Redis.Connections;

/// <summary>A call that is to be sent.</summary>
internal abstract class Call
{
    /// <summary>The call beside it in line.</summary>
    internal Call? Neighbour { get; set; }

    /// <summary>What flows with the request that makes the call, its activity above all: who watches the client sees the call as that request's.</summary>
    internal ExecutionContext? Flow { get; set; }

    /// <summary>Sends it, unless nobody waits for it any more. What goes wrong is its answer.</summary>
    /// <param name="isAlone">Whether its caller may go on right here.</param>
    internal abstract void Send(bool isAlone);
}
