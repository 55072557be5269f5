using FuelSessions.Tokens.EntityFrameworkCore;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Puts the tokens table into an app's own model.</summary>
public static class TokenSessionsModelBuilderExtensions
{
    /// <summary>
    /// Adds the tokens table to the model. For <c>UseDb&lt;TContext&gt;()</c>; called in <c>OnModelCreating</c>, so that the app's migrations and
    /// <c>EnsureCreated</c> make it with the app's own tables.
    /// </summary>
    /// <param name="modelBuilder">The app's model.</param>
    /// <param name="table">The table's name, in the model's default schema.</param>
    /// <returns>The same model builder.</returns>
    public static ModelBuilder AddTokenSessions(this ModelBuilder modelBuilder, string table = TokensDbContext.DefaultTable)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        return modelBuilder.ApplyConfiguration(new TokenRowConfiguration(table));
    }
}
