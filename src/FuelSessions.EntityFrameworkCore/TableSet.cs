using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Trial;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Tables that belong together, and what to tell an app that forgot them.</summary>
/// <param name="Rows">The type of each table's rows.</param>
/// <param name="PartOf">Whose table it is, for a row's type.</param>
/// <param name="Ensure">The method that makes them.</param>
/// <param name="Use">How they are put into an app's own context.</param>
/// <param name="AddToModel">And into its model.</param>
/// <param name="Model">What that method does to it.</param>
/// <param name="Trial">A row to try the database out with, as of a time.</param>
internal sealed record TableSet(
    IReadOnlyList<Type> Rows,
    Func<Type, string> PartOf,
    string Ensure,
    string Use,
    string AddToModel,
    Action<ModelBuilder> Model,
    Func<DateTimeOffset, ITrialRow> Trial)
{
    private readonly Lazy<IReadOnlyModel> _made = new(() =>
    {
        var builder = new ModelBuilder();
        Model(builder);
        return builder.Model;
    });

    /// <summary>What the first of them, and all in all the set, is for.</summary>
    internal string Purpose => PartOf(Rows[0]);

    /// <exception cref="InvalidOperationException">The context's model has no such table.</exception>
    /// <exception cref="UnreliableDatabaseException">The context's model has changed a column so that not all would fit into it.</exception>
    internal IEntityType RowType(DbContext context, Type row)
    {
        IEntityType type = context.Model.FindEntityType(row) ?? throw new InvalidOperationException(
            $"{context.GetType().Name} knows nothing of FuelSessions' tables. Call modelBuilder.{AddToModel}() in its OnModelCreating.");
        IReadOnlyEntityType made = _made.Value.FindEntityType(row)!;
        foreach (IProperty property in OwnColumns.Of(type))
        {
            if (OwnColumns.Spoilt(property, made.FindProperty(property.Name)!) is { } change)
            {
                throw new UnreliableDatabaseException(
                    $"The model of {context.GetType().Name} {change}: the column of {row.Name}.{property.Name}, of {PartOf(row)}, would not keep what is stored. Leave FuelSessions' "
                    + $"types out of what OnModelCreating or a convention does to all columns, or call modelBuilder.{AddToModel}() after it.");
            }
        }

        return type;
    }

    internal InvalidOperationException Missing(DbContext context, Type row, DbException error)
    {
        bool isInMemory = Dialect.Of(context).IsSqlite && DatabaseFile.IsInMemory(context.Database.GetDbConnection());
        string otherwise = isInMemory
            ? "Where that is done, they ended with the connection that made them, as SQLite keeps this database in memory: name a file."
            : "Where that is done, the connection leads to another database, schema or search path, or the database was replaced or emptied since: start the app again.";
        return new InvalidOperationException(
            $"The table '{RowType(context, row).GetSchemaQualifiedTableName()}' of {PartOf(row)} does not exist. Create it at start-up with "
            + $"`await app.Services.{Ensure}();`, or, with {Use}<TContext>(), by a migration of the app's "
            + $"own that was made after modelBuilder.{AddToModel}() was added to OnModelCreating. (In Development it is created by itself.) {otherwise}",
            error);
    }
}
