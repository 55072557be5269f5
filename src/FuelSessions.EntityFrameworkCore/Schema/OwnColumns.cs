using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>Which columns of a table are ours, and what an app's conventions for all of its types must not do to them.</summary>
internal static class OwnColumns
{
    // A type that has no size may have one in the provider's mapping, but none as small as this.
    private const int ShortestUnbounded = 9_000;

    /// <summary>Ours have a property in the row's class; what an app's model adds to every table has none.</summary>
    internal static IEnumerable<IProperty> Of(IEntityType row) => row.GetProperties().Where(IsOurs);

    /// <summary>
    /// Takes back a size or a type that the app gave to all texts and bytes, which would cut what is longer, and a conversion, in which times and versions
    /// might not compare as numbers. To be called before sizes of our own are set.
    /// </summary>
    internal static void ResistConventions<TRow>(EntityTypeBuilder<TRow> row)
        where TRow : class
    {
        foreach (IMutableProperty property in row.Metadata.GetProperties().Where(IsOurs).ToList())
        {
            row.Property(property.Name).HasConversion((ValueConverter?)null);
            property.SetMaxLength(null);
            property.SetColumnType(null);
            property.SetIsUnicode(null);
            property.SetIsFixedLength(null);
        }
    }

    /// <summary>What the model has done to a column since then that would cut or change what is stored in it; null: nothing.</summary>
    /// <param name="property">As it is in the app's model.</param>
    /// <param name="made">As it was made.</param>
    internal static string? Spoilt(IProperty property, IReadOnlyProperty made)
    {
        int? size = property.GetMaxLength() ?? property.GetRelationalTypeMapping().Size;
        return property.GetValueConverter() is { } converter ? $"converts it by {converter.GetType().Name}"
            : size > 0 && size < (made.GetMaxLength() ?? ShortestUnbounded) ? $"gives it a size of {size}"
            : null;
    }

    private static bool IsOurs(IReadOnlyProperty property) => property.PropertyInfo is not null && !property.IsIndexerProperty();
}
