using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Authentication;

/// <summary>The records of the tickets that a request came with, or has signed in to: as its session is, they are the present ones.</summary>
internal sealed class PresentTickets : Dictionary<(string Driver, SessionKey Key), string?>
{
    internal static void Add(HttpContext context, string driver, SessionKey key, string? owner)
    {
        PresentTickets known = context.Features.Get<PresentTickets>() ?? [];
        known[(driver, key)] = owner;
        context.Features.Set(known);
    }

    internal static IEnumerable<SessionKey> Of(HttpContext context, string driver) =>
        In(context, driver).Select(present => present.Key.Key);

    /// <summary>Whose they are, of those that belong to somebody by name.</summary>
    internal static IEnumerable<string> OwnersOf(HttpContext context, string driver) => In(context, driver).Select(present => present.Value).OfType<string>();

    private static IEnumerable<KeyValuePair<(string Driver, SessionKey Key), string?>> In(HttpContext context, string driver) =>
        (context.Features.Get<PresentTickets>() ?? []).Where(present => present.Key.Driver == driver);
}
