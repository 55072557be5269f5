using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>The key ring's table.</summary>
internal sealed class DataProtectionKeyRowConfiguration : IEntityTypeConfiguration<DataProtectionKeyRow>
{
    internal const string Table = "data_protection_keys";
    internal const int IdSize = 16;

    public void Configure(EntityTypeBuilder<DataProtectionKeyRow> row)
    {
        OwnColumns.ResistConventions(row);
        row.ToTable(Table);
        row.HasKey(r => r.Id).HasName($"pk_{Table}");
        row.Property(r => r.Id).HasColumnName(DataProtectionKeyColumns.Id).HasMaxLength(IdSize).IsFixedLength().ValueGeneratedNever();
        row.Property(r => r.FriendlyName).HasColumnName(DataProtectionKeyColumns.FriendlyName).IsUnicode();
        row.Property(r => r.Xml).HasColumnName(DataProtectionKeyColumns.Xml).IsUnicode().IsRequired();
    }
}
