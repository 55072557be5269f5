using FuelSessions.Tool.Stores;

namespace FuelSessions.Tool.Commands;

/// <summary>A fingerprint is a hash of the key: the store is read through until it is met. Two sessions may share one.</summary>
internal static class ByFingerprint
{
    /// <exception cref="ToolException">There is none.</exception>
    internal static async Task<StoredEntry[]> FindAsync(IStoredSessions sessions, string fingerprint, CancellationToken cancellationToken)
    {
        StoredEntry[] found = await sessions.ReadAsync(cancellationToken)
            .Where(entry => string.Equals(entry.Key.Fingerprint, fingerprint, StringComparison.OrdinalIgnoreCase))
            .ToArrayAsync(cancellationToken);
        return found.Length > 0 ? found : throw new ToolException(ExitCode.NotFound, $"No session '{fingerprint}' is stored there.");
    }
}
