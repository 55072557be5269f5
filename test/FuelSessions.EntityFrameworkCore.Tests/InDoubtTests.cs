using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F2] A write whose shared commit may have been carried out stays in doubt, whatever it meets when it is tried by itself.</summary>
public sealed class InDoubtTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(NotSupportedException))]
    public async Task Whatever_the_second_attempt_fails_with(Type failure)
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        var database = app.Services.GetRequiredService<LeasedDatabase>();
        var held = new TaskCompletionSource<bool>();
        Task<bool> first = database.WriteAsync<SessionRow, bool>((_, _, _) => new ValueTask<bool>(held.Task), shape: null, default).AsTask();
        Task<bool> write = database.WriteAsync<SessionRow, bool>(
            async (lease, attempts, _) =>
            {
                if (attempts.AreInDoubt)
                {
                    throw (Exception)Activator.CreateInstance(failure, "The app is shutting down.")!;
                }

                // What comes after it can't be committed, and nobody knows why.
                await using DbCommand commit = lease.Connection.CreateCommand();
                commit.CommandText = "COMMIT";
                return await commit.ExecuteNonQueryAsync() == 0;
            },
            WriteShape.SomeRows,
            default).AsTask();
        held.SetResult(true);
        Assert.True(await first);
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(() => write);
        Assert.True(error.IsOutcomeUnknown);
        Assert.IsType(failure, error.InnerException);
    }
}
