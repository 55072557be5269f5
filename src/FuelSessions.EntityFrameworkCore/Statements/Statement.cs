using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// A statement that was put together once and runs as often as wanted. It goes the way of EF's own commands, so
/// that the app's interceptors and logs see it, but past the change tracker and the translation of queries.
/// </summary>
internal sealed class Statement(IRelationalCommand command)
{
    /// <summary>Runs it once, without the provider's retries.</summary>
    /// <param name="context">Whose connection is used.</param>
    /// <param name="values">The parameters' values by name.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>How many rows it changed.</returns>
    internal Task<int> ExecuteAsync(DbContext context, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken) =>
        command.ExecuteNonQueryAsync(On(context, values), cancellationToken);

    internal int Execute(DbContext context, IReadOnlyDictionary<string, object?> values) =>
        command.ExecuteNonQuery(On(context, values));

    private static RelationalCommandParameterObject On(DbContext context, IReadOnlyDictionary<string, object?> values) => new(
        context.GetService<IRelationalConnection>(),
        values,
        readerColumns: null,
        context,
        context.GetService<IRelationalCommandDiagnosticsLogger>(),
        CommandSource.ExecuteSqlRaw);
}
