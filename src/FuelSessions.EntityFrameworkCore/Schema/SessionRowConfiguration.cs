using FuelSessions.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>
/// The sessions table. Every column is named and sized here, so that an app's own naming conventions don't reach it.
/// Times are Unix milliseconds: they compare the same on every provider.
/// </summary>
internal sealed class SessionRowConfiguration(string table) : IEntityTypeConfiguration<SessionRow>
{
    internal const int PrincipalLength = 256;

    public void Configure(EntityTypeBuilder<SessionRow> row)
    {
        OwnColumns.ResistConventions(row);
        row.ToTable(table);
        row.HasKey(r => r.SessionKey).HasName($"pk_{table}");
        row.Property(r => r.SessionKey).HasColumnName(SessionColumns.SessionKey).HasMaxLength(SessionKey.Size).IsFixedLength().ValueGeneratedNever();
        row.Property(r => r.CurrentId).HasColumnName(SessionColumns.CurrentId).HasMaxLength(SecretHash.Size).IsFixedLength().IsRequired();
        row.Property(r => r.PreviousId).HasColumnName(SessionColumns.PreviousId).HasMaxLength(SecretHash.Size).IsFixedLength();
        row.Property(r => r.Created).HasColumnName(SessionColumns.Created);
        row.Property(r => r.Updated).HasColumnName(SessionColumns.Updated);
        row.Property(r => r.Expires).HasColumnName(SessionColumns.Expires);
        row.Property(r => r.Principal).HasColumnName(SessionColumns.Principal).HasMaxLength(PrincipalLength).IsUnicode();
        row.Property(r => r.Version).HasColumnName(SessionColumns.Version);
        row.Property(r => r.Payload).HasColumnName(SessionColumns.Payload).IsRequired();
        row.HasIndex(r => r.Expires).HasDatabaseName($"ix_{table}_expires");
        row.HasIndex(r => r.Principal).HasDatabaseName($"ix_{table}_principal");
    }
}
