using System.Collections.Concurrent;

namespace FuelSessions.Tokens.Renewal;

/// <summary>Which access tokens came from a renewal just now. An API that refuses even those is not helped by another one.</summary>
internal sealed class RecentRenewals(TimeProvider clock, TimeSpan span)
{
    private const int MostKept = 4096;

    private readonly ConcurrentDictionary<TokenKey, (string AccessToken, DateTimeOffset Until)> _recent = new();

    internal void Add(TokenKey key, string accessToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (_recent.Count >= MostKept)
        {
            foreach (var over in _recent.Where(renewal => renewal.Value.Until <= now))
            {
                _recent.TryRemove(over);
            }
        }

        // Seen again, as by those who adopt it, a token does not become younger.
        _recent.AddOrUpdate(key, _ => (accessToken, now + span), (_, known) => known.AccessToken == accessToken ? known : (accessToken, now + span));
    }

    internal bool Has(TokenKey key, string accessToken) =>
        _recent.TryGetValue(key, out (string AccessToken, DateTimeOffset Until) known) && known.AccessToken == accessToken && known.Until > clock.GetUtcNow();
}
