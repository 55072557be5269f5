using System.Net.WebSockets;
using System.Text;
using FuelSessions;

namespace LongConnections;

public static class Socket
{
    public static void MapSocket(this WebApplication app)
    {
        app.Map("/socket", async (HttpContext http, Session session) =>
        {
            using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[4096];
            while ((await socket.ReceiveAsync(buffer, http.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
                await session.ReloadAsync();
                if (session.State != SessionState.Active)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The session has ended.", http.RequestAborted);
                    return;
                }

                session.Increment("count");
                await session.SaveAsync();
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{session.Get<long>("count")}"), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        });
    }
}
