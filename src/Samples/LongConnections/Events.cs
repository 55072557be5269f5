using System.Runtime.CompilerServices;
using FuelSessions;

namespace LongConnections;

public static class Events
{
    public static void MapEvents(this WebApplication app)
    {
        app.MapGet("/events", (Session session, TimeProvider clock, CancellationToken left) => TypedResults.ServerSentEvents(Counts(session, clock, left)));

        static async IAsyncEnumerable<long> Counts(Session session, TimeProvider clock, [EnumeratorCancellation] CancellationToken left)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
            do
            {
                yield return session.Get<long>("count");
                await tick.WaitForNextTickAsync(left);
                await session.ReloadAsync(left);
            }
            while (session.State == SessionState.Active);
        }
    }
}
