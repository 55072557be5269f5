using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>Two apps of one process may name their tables differently; EF's own key would give both the same model.</summary>
internal sealed class OwnTableModelKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) =>
        (context.GetType(), (context as IOwnContext)?.Table, designTime);
}
