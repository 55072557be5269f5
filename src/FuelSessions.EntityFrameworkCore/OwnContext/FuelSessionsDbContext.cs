using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>The driver's context when the app gives none of its own: the driver's tables and nothing else.</summary>
internal sealed class FuelSessionsDbContext(DbContextOptions<FuelSessionsDbContext> options) : DbContext(options), IOwnContext
{
    public string Table { get; } = OwnTable.NameIn(options, "sessions");

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions(Table);
}
