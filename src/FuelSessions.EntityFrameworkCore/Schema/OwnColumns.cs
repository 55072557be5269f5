using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>Which columns of a table are ours, and what an app's conventions for all of its types must not do to them.</summary>
internal static class OwnColumns
{
    /// <summary>Ours have a property in the row's class; what an app's model adds to every table has none.</summary>
    internal static IEnumerable<IProperty> Of(IEntityType row) => row.GetProperties().Where(IsOurs);

    /// <summary>
    /// Takes back a size that the app gave to all texts and bytes, which would cut what is longer, and a conversion, in which times and versions
    /// might not compare as numbers. To be called before sizes of our own are set.
    /// </summary>
    internal static void ResistConventions<TRow>(EntityTypeBuilder<TRow> row)
        where TRow : class
    {
        foreach (IMutableProperty property in row.Metadata.GetProperties().Where(IsOurs).ToList())
        {
            row.Property(property.Name).HasConversion((ValueConverter?)null);
            property.SetMaxLength(null);
        }
    }

    private static bool IsOurs(IReadOnlyProperty property) => property.PropertyInfo is not null && !property.IsIndexerProperty();
}
