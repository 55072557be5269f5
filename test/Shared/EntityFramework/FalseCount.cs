using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.Tests.Databases;

/// <summary>Answers in the database's place how many rows a statement has changed; the statement itself is run.</summary>
internal sealed class FalseCount(Func<int, int> answer) : DbCommandInterceptor
{
    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result) => answer(result);

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) => new(answer(result));
}
