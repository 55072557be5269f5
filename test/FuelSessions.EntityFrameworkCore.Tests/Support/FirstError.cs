using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>Tells when the database has refused a statement.</summary>
internal sealed class FirstError : DbCommandInterceptor
{
    private readonly TaskCompletionSource<Exception> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<Exception> First => _first.Task;

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        _first.TrySetResult(eventData.Exception);
        return Task.CompletedTask;
    }
}
