using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>Takes contexts back with their connections open.</summary>
internal interface IKeepContexts
{
    /// <summary>False: there are enough, and the caller disposes of this one.</summary>
    bool TryKeep(DbContext context);
}
