using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>A row that nobody else knows of, written by the very statements that are to be relied on.</summary>
internal interface ITrialRow
{
    /// <returns>How many rows were changed, as the database says.</returns>
    Task<int> InsertAsync(DbContext context, CancellationToken cancellationToken);

    /// <summary>Writes the second version in place of the first.</summary>
    /// <returns>How many rows were changed, as the database says.</returns>
    Task<int> UpdateAsync(DbContext context, CancellationToken cancellationToken);

    /// <summary>Removes the second version.</summary>
    /// <returns>How many rows were changed, as the database says.</returns>
    Task<int> DeleteAsync(DbContext context, CancellationToken cancellationToken);

    /// <summary>What is stored.</summary>
    Task<TrialState> StateAsync(DbContext context, CancellationToken cancellationToken);
}
