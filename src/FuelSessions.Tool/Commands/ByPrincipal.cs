using FuelSessions.Tool.Stores;

namespace FuelSessions.Tool.Commands;

/// <summary>
/// Somebody's sessions, and nobody else's. What a store finds is compared once more: to a database's collation <c>ann</c>, <c>ANN</c> and <c>ann </c> may
/// be one, and a session may have become another one's since it was found.
/// </summary>
internal static class ByPrincipal
{
    internal static IAsyncEnumerable<StoredEntry> Find(IStoredSessions sessions, string principal, CancellationToken cancellationToken) =>
        sessions.ReadCandidatesAsync(principal, cancellationToken).Where(entry => string.Equals(entry.Principal, principal, StringComparison.Ordinal));
}
