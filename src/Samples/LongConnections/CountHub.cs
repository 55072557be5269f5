using FuelSessions;
using Microsoft.AspNetCore.SignalR;

namespace LongConnections;

public sealed class CountHub : Hub
{
    public async Task<long> Add()
    {
        Session session = await Session.Current.ReloadAsync();
        if (session.State != SessionState.Active)
        {
            throw new HubException("The session has ended.");
        }

        session.Increment("count");
        await session.SaveAsync();
        return session.Get<long>("count");
    }
}
