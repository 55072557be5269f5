using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>Two apps of one process may name their tables differently; EF's own key would give both the same model.</summary>
internal sealed class SessionsTableModelKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) =>
        (context.GetType(), (context as FuelSessionsDbContext)?.Table, designTime);
}
