using FuelSessions.Authentication;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Registry;

/// <summary>A user to whom something belongs that a request came with, by the name that their sessions have.</summary>
/// <param name="Name">It belongs to what the request came with: a session, or a ticket that is kept like one. A name in claims alone may be another issuer's.</param>
/// <param name="Session">That session; null: it is a ticket.</param>
internal sealed record RequestUser(string Name, SessionTransaction? Session)
{
    /// <summary>The one whom the request is authenticated as; null: what it came with belongs to nobody, or to somebody else than it is authenticated as.</summary>
    internal static async ValueTask<RequestUser?> OfAsync(HttpContext context, SessionRegistry registry)
    {
        await foreach (RequestUser user in AllAsync(registry).ConfigureAwait(false))
        {
            if (user.IsAuthenticated(context))
            {
                return user;
            }
        }

        return null;
    }

    /// <summary>Of the present request, whomever it is authenticated as; nobody where there is no request.</summary>
    internal static async IAsyncEnumerable<RequestUser> AllAsync(SessionRegistry registry)
    {
        if (AmbientSessions.Find() is not { } sessions)
        {
            yield break;
        }

        foreach (SessionRegistry.Place place in registry.Places())
        {
            if (await ReadingAhead.LookAsync(sessions, place.Storage.Name).ConfigureAwait(false) is { Principal: { } owner } session)
            {
                yield return new RequestUser(owner, session);
            }

            foreach (string name in PresentTickets.OwnersOf(sessions.Context, place.Storage.Name))
            {
                yield return new RequestUser(name, Session: null);
            }
        }
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
    private bool IsAuthenticated(HttpContext context) =>
        (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme is { } scheme
            && Session?.Owner is { } signedIn
            && StoredTicket.Read(signedIn.Ticket, scheme) is not null)
        || string.Equals(UserName.Of(context.User), Name, StringComparison.Ordinal)
        || string.Equals(context.User.Identity?.Name, Name, StringComparison.Ordinal);
}
