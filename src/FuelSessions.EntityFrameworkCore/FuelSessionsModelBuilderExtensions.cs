using FuelSessions.EntityFrameworkCore.Schema;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Puts the db driver's tables into an app's own model.</summary>
public static class FuelSessionsModelBuilderExtensions
{
    /// <summary>
    /// Adds the sessions table, and <c>data_protection_keys</c> for the key ring, to the model. For
    /// <c>AddDbDriver&lt;TContext&gt;()</c>; called in <c>OnModelCreating</c>, so that the app's migrations and
    /// <c>EnsureCreated</c> make the tables with its own.
    /// </summary>
    /// <param name="modelBuilder">The app's model.</param>
    /// <param name="table">The sessions table's name, in the model's default schema.</param>
    /// <returns>The same model builder.</returns>
    public static ModelBuilder AddFuelSessions(this ModelBuilder modelBuilder, string table = "sessions")
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        return modelBuilder
            .ApplyConfiguration(new SessionRowConfiguration(table))
            .ApplyConfiguration(new DataProtectionKeyRowConfiguration());
    }
}
