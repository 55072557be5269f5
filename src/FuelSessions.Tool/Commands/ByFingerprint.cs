using FuelSessions.Tool.Stores;

namespace FuelSessions.Tool.Commands;

/// <summary>A fingerprint is a hash of the key: the store is read through until its end. Two sessions may share one.</summary>
internal static class ByFingerprint
{
    internal static IAsyncEnumerable<StoredEntry> Find(IStoredSessions sessions, string fingerprint, CancellationToken cancellationToken) =>
        sessions.ReadAsync(cancellationToken).Where(entry => string.Equals(entry.Key.Fingerprint, fingerprint, StringComparison.OrdinalIgnoreCase));
}
