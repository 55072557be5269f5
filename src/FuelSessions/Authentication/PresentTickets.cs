using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Authentication;

/// <summary>The records of the tickets that a request came with, or has signed in to: as its session is, they are the present ones.</summary>
internal sealed class PresentTickets : HashSet<(string Driver, SessionKey Key)>
{
    internal static void Add(HttpContext context, string driver, SessionKey key)
    {
        PresentTickets known = context.Features.Get<PresentTickets>() ?? [];
        known.Add((driver, key));
        context.Features.Set(known);
    }

    internal static IEnumerable<SessionKey> Of(HttpContext context, string driver) =>
        (context.Features.Get<PresentTickets>() ?? []).Where(present => present.Driver == driver).Select(present => present.Key);
}
