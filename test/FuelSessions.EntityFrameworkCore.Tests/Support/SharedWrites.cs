using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.Records;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>Writes of a test's own that share a commit, where nobody looks at commands.</summary>
internal sealed class SharedWrites(TestApp app)
{
    private readonly LeasedDatabase _database = app.Services.GetRequiredService<LeasedDatabase>();

    internal static async ValueTask<bool> InsertAsync(ContextLease lease, SessionRecord record) =>
        await SessionStatements.Of(lease).Insert.ExecuteAsync(lease, new RowToWrite(record, [1]).Values(0), default) == 1;

    /// <summary>Begins them one after the other while a write is on its way. Each runs in one commit with the others, and by itself if that fails.</summary>
    internal Task<Task<bool>[]> MeanwhileAsync(params Func<ContextLease, ValueTask<bool>>[] writes) =>
        MeanwhileAsync([.. writes.Select<Func<ContextLease, ValueTask<bool>>, LeasedDatabase.Work<bool>>(write => (lease, _, _) => write(lease))]);

    internal async Task<Task<bool>[]> MeanwhileAsync(params LeasedDatabase.Work<bool>[] writes)
    {
        var held = new TaskCompletionSource<bool>();
        Task<bool> before = _database.WriteAsync<SessionRow, bool>((_, _, _) => new ValueTask<bool>(held.Task), shape: null, default).AsTask();
        Task<bool>[] begun = [.. writes.Select(work => _database.WriteAsync<SessionRow, bool>(work, WriteShape.SomeRows, default).AsTask())];
        held.SetResult(true);
        Assert.True(await before);
        return begun;
    }
}
