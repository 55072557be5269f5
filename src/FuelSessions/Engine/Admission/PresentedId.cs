using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request brought to prove a session: an id, or a token, which is good for one epoch of it [C6].</summary>
/// <param name="Key">Which session.</param>
/// <param name="Secret">The proof; null for a token.</param>
/// <param name="Token">What a token proves it with; null for an id.</param>
/// <param name="TravelsBack">Whether it came in a channel that can carry another id back to the client [C2].</param>
/// <param name="Cookie">Whether it came in a cookie, and in which one.</param>
internal readonly record struct PresentedId(SessionKey Key, SessionSecret? Secret, SessionSecret? Token, bool TravelsBack, CookieUse Cookie = CookieUse.None)
{
    /// <summary>False only for the default.</summary>
    internal bool ProvesAnything => Secret is not null || Token is not null;
}
