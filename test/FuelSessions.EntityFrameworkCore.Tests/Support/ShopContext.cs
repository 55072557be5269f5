using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>An app's own context: a table of its own, and the sessions beside it.</summary>
internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    internal DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders");
        modelBuilder.AddFuelSessions("shop_sessions");
    }
}
