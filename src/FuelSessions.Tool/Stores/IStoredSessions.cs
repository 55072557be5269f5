using FuelSessions.Records;

namespace FuelSessions.Tool.Stores;

/// <summary>A store as an operator sees it: all of it, where a driver sees one key.</summary>
internal interface IStoredSessions : IAsyncDisposable
{
    /// <summary>Everything, in no order, as it is read.</summary>
    IAsyncEnumerable<StoredEntry> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Those of a principal, by the store's index, and maybe others that it takes for the same: <see cref="Commands.ByPrincipal"/> tells them apart.</summary>
    IAsyncEnumerable<StoredEntry> ReadCandidatesAsync(string principal, CancellationToken cancellationToken);

    /// <summary>Removes what is stored, unless somebody has stored something newer since.</summary>
    /// <returns>Whether it was removed, or was gone.</returns>
    Task<bool> RemoveAsync(SessionRecord record, CancellationToken cancellationToken);

    /// <summary>Removes what is over.</summary>
    /// <returns>How many; null if the store does that by itself.</returns>
    Task<long?> CollectAsync(DateTimeOffset now, Action<long> progress, CancellationToken cancellationToken);

    /// <summary>What can be wrong with a store of this kind.</summary>
    IAsyncEnumerable<Finding> ExamineAsync(CancellationToken cancellationToken);
}
