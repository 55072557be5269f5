using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>
/// The statement for a new row, put together once per model. Not the context's SaveChanges, in which an app may do things of its own.
/// </summary>
internal static class TokenInsert
{
    private static readonly ConditionalWeakTable<IModel, Statement> ByModel = [];

    internal static Task ExecuteAsync(DbContext context, TokenRow row, CancellationToken cancellationToken)
    {
        IEntityType type = TokenTables.All.RowType(context, typeof(TokenRow));
        Statement statement = ByModel.GetValue(context.Model, _ => new StatementText(context, type).Insert());
        Dictionary<string, object?> values = OwnColumns.Of(type).ToDictionary(
            property => StatementText.ParameterName(property.Name),
            property => property.PropertyInfo!.GetValue(row));
        return statement.ExecuteAsync(context, values, cancellationToken);
    }
}
