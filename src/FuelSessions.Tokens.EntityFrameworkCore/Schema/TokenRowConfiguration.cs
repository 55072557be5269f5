using FuelSessions.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FuelSessions.Tokens.EntityFrameworkCore.Schema;

/// <summary>The tokens table. Every column is named here, so that an app's own naming conventions don't reach it.</summary>
internal sealed class TokenRowConfiguration(string table) : IEntityTypeConfiguration<TokenRow>
{
    internal const int KeySize = 32;

    public void Configure(EntityTypeBuilder<TokenRow> row)
    {
        OwnColumns.ResistConventions(row);
        row.ToTable(table);
        row.HasKey(r => r.TokenKey).HasName($"pk_{table}");
        row.Property(r => r.TokenKey).HasColumnName("token_key").HasMaxLength(KeySize).IsFixedLength().ValueGeneratedNever();
        row.Property(r => r.Client).HasColumnName("client").IsUnicode().IsRequired();
        row.Property(r => r.AccessToken).HasColumnName("access_token").IsUnicode(false);
        row.Property(r => r.RefreshToken).HasColumnName("refresh_token").IsUnicode(false);
        row.Property(r => r.IssuedAt).HasColumnName("issued_at");
        row.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        row.Property(r => r.RefreshExpiresAt).HasColumnName("refresh_expires_at");
        row.Property(r => r.Scope).HasColumnName("scope").IsUnicode();
        row.Property(r => r.RefType).HasColumnName("ref_type").IsUnicode();
        row.Property(r => r.RefId).HasColumnName("ref_id").IsUnicode();
        row.Property(r => r.Extra).HasColumnName("extra").IsUnicode(false);
        row.Property(r => r.Version).HasColumnName("version");
        row.Property(r => r.EndsAt).HasColumnName("ends_at");
        row.HasIndex(r => r.EndsAt).HasDatabaseName($"ix_{table}_ends_at");
    }
}
