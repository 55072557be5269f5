using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>Which keys belong to whom. Not for several threads at once.</summary>
internal sealed class PrincipalIndex
{
    private readonly Dictionary<string, HashSet<SessionKey>> _keys = new(StringComparer.Ordinal);

    internal SessionKey[] KeysOf(string principal) => _keys.TryGetValue(principal, out HashSet<SessionKey>? keys) ? [.. keys] : [];

    /// <summary>A record is there in the place of another one, or none.</summary>
    internal void Changed(SessionKey key, string? before, string? after)
    {
        if (string.Equals(before, after, StringComparison.Ordinal))
        {
            return;
        }

        if (before is not null && _keys.TryGetValue(before, out HashSet<SessionKey>? keys) && keys.Remove(key) && keys.Count == 0)
        {
            _keys.Remove(before);
        }

        if (after is not null)
        {
            if (!_keys.TryGetValue(after, out HashSet<SessionKey>? now))
            {
                _keys.Add(after, now = []);
            }

            now.Add(key);
        }
    }
}
