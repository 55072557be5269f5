namespace FuelSessions.Drivers;

/// <summary>
/// A driver whose store does not remove expired records by itself. The engine calls it in the background, never
/// in a user's request.
/// </summary>
public interface ICollectExpired
{
    /// <summary>Removes up to <paramref name="limit"/> records whose own time is over, each judged by its own <c>Expires</c>.</summary>
    /// <returns>How many it removed; <paramref name="limit"/> means that there may be more.</returns>
    ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken);
}
