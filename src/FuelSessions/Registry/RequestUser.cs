using FuelSessions.Authentication;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Registry;

/// <summary>The user whom a request is authenticated as, by the name that their sessions have.</summary>
/// <param name="Name">It belongs to what the request came with: a session, or a ticket that is kept like one. A name in claims alone may be another issuer's.</param>
/// <param name="Session">That session; null: it is a ticket.</param>
internal sealed record RequestUser(string Name, SessionTransaction? Session)
{
    /// <summary>Null: what the request came with belongs to nobody, or to somebody else than it is authenticated as.</summary>
    internal static async ValueTask<RequestUser?> OfAsync(HttpContext context, SessionRegistry registry)
    {
        if (AmbientSessions.Find() is not { } sessions)
        {
            return null;
        }

        foreach (SessionRegistry.Place place in registry.Places())
        {
            if (await ReadingAhead.LookAsync(sessions, place.Storage.Name).ConfigureAwait(false) is { Principal: { } owner } session && IsOf(context, session, owner))
            {
                return new RequestUser(owner, session);
            }

            if (PresentTickets.OwnersOf(context, place.Storage.Name).FirstOrDefault(name => IsNamed(context, name)) is { } user)
            {
                return new RequestUser(user, Session: null);
            }
        }

        return null;
    }

    /// <summary>Before sessions end that the request did not come with [B5].</summary>
    /// <exception cref="SessionUnprovedException">Its own is bound to a device, and it does not prove to come from there.</exception>
    internal void ThrowIfUnproved(string? unless = null)
    {
        if (Session is not null && (unless is null || SessionRegistry.HandleOf(Session.Key) != unless))
        {
            Session.ThrowIfUnproved();
        }
    }

    // The scheme may have a name of its own for its users; of what another one says there are only the claims.
    private static bool IsOf(HttpContext context, SessionTransaction session, string owner) =>
        (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme is { } scheme
            && session.Owner is { } signedIn
            && StoredTicket.Read(signedIn.Ticket, scheme) is not null)
        || IsNamed(context, owner);

    private static bool IsNamed(HttpContext context, string name) =>
        string.Equals(UserName.Of(context.User), name, StringComparison.Ordinal) || string.Equals(context.User.Identity?.Name, name, StringComparison.Ordinal);
}
