using FuelSessions.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions;

/// <summary>Tells the app's <see cref="SessionEvents"/>.</summary>
/// <param name="known">Knows whether there are any; null: the container can't tell.</param>
internal sealed class EventDelivery(IServiceScopeFactory scopes, SessionDiagnostics diagnostics, IServiceProviderIsService? known = null)
{
    /// <summary>Whether somebody may listen. Otherwise nothing is collected.</summary>
    internal bool IsWanted { get; } = known?.IsService(typeof(SessionEvents)) ?? true;

    /// <summary>Collects what is done to sessions that are not the request's own: with the present request, which tells; or apart, and tells when that is disposed.</summary>
    internal Collection Begin() => new(this, AmbientSessions.Find());

    internal ValueTask TellAsync(PendingEvents events, IServiceProvider services) => events.TellAsync(happened => TellAsync(happened, services));

    private async ValueTask TellAsync(SessionEvent happened, IServiceProvider services)
    {
        try
        {
            foreach (SessionEvents listener in services.GetServices<SessionEvents>())
            {
                await TellAsync(happened, listener).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // One of them could not be made.
            diagnostics.ListenerFailed(typeof(SessionEvents), happened, error);
        }
    }

    private async ValueTask TellAsync(SessionEvent happened, SessionEvents listener)
    {
        try
        {
            await listener.HappenedAsync(happened).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            diagnostics.ListenerFailed(listener.GetType(), happened, error);
        }
    }

    private async ValueTask TellApartAsync(PendingEvents events)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        await TellAsync(events, scope.ServiceProvider).ConfigureAwait(false);
    }

    /// <param name="request">Tells of them, unless it is over by then; null: nobody else does.</param>
    internal readonly struct Collection(EventDelivery delivery, RequestSessions? request) : IAsyncDisposable
    {
        internal PendingEvents? Events { get; } = request is not null ? request.Events : delivery.IsWanted ? new PendingEvents() : null;

        public ValueTask DisposeAsync() => Events is { IsEmpty: false } events && request is not { IsOver: false } ? delivery.TellApartAsync(events) : default;
    }
}
