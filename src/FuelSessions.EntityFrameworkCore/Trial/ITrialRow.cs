namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>A row that nobody else knows of, written by the very statements that are to be relied on.</summary>
internal interface ITrialRow
{
    /// <returns>How many rows were changed, as the database says.</returns>
    ValueTask<int> InsertAsync(ContextLease lease, CancellationToken cancellationToken);

    /// <summary>Writes the second version in place of the first.</summary>
    /// <returns>How many rows were changed, as the database says.</returns>
    ValueTask<int> UpdateAsync(ContextLease lease, CancellationToken cancellationToken);

    /// <summary>Removes the second version.</summary>
    /// <returns>How many rows were changed, as the database says.</returns>
    ValueTask<int> DeleteAsync(ContextLease lease, CancellationToken cancellationToken);

    /// <summary>What is stored.</summary>
    ValueTask<TrialState> StateAsync(ContextLease lease, CancellationToken cancellationToken);
}
