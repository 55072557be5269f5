using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>An app's own context whose tables come from migrations.</summary>
internal sealed class MigratedContext(DbContextOptions<MigratedContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions();
}

[DbContext(typeof(MigratedContext))]
[Migration("20260101000000_Empty")]
internal sealed class EmptyMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
    }
}
