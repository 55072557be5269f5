using FuelSessions.EntityFrameworkCore.OwnContext;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>The store's context when the app gives none of its own: the tokens table and nothing else.</summary>
internal sealed class TokensDbContext(DbContextOptions<TokensDbContext> options) : DbContext(options), IOwnContext
{
    internal const string DefaultTable = "oauth_tokens";

    public string Table { get; } = OwnTable.NameIn(options, DefaultTable);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTokenSessions(Table);
}
