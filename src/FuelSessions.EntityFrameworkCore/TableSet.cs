using System.Data.Common;
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
/// <param name="Trial">A row to try the database out with, as of a time.</param>
internal sealed record TableSet(
    IReadOnlyList<Type> Rows, Func<Type, string> PartOf, string Ensure, string Use, string AddToModel, Func<DateTimeOffset, ITrialRow> Trial)
{
    /// <summary>What the first of them, and all in all the set, is for.</summary>
    internal string Purpose => PartOf(Rows[0]);

    /// <exception cref="InvalidOperationException">The context's model has no such table.</exception>
    internal IEntityType RowType(DbContext context, Type row) => context.Model.FindEntityType(row)
        ?? throw new InvalidOperationException(
            $"{context.GetType().Name} knows nothing of FuelSessions' tables. Call modelBuilder.{AddToModel}() in its OnModelCreating.");

    internal InvalidOperationException Missing(DbContext context, Type row, DbException error) => new(
        $"The table '{RowType(context, row).GetSchemaQualifiedTableName()}' of {PartOf(row)} does not exist. Create it at start-up with "
        + $"`await app.Services.{Ensure}();`, or, with {Use}<TContext>(), by a migration of the app's "
        + $"own that was made after modelBuilder.{AddToModel}() was added to OnModelCreating. (In Development it is created by itself.)",
        error);
}
