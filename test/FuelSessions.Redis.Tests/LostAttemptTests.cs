using FuelSessions.Redis.Connections;
using FuelSessions.Tests;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>An attempt to connect, which is nobody's: it may fail when all who waited for it have given up.</summary>
public sealed class LostAttemptTests
{
    [Fact]
    public async Task It_does_not_come_up_as_an_unobserved_exception()
    {
        string message = $"lost {Guid.NewGuid()}";
        Assert.Equal(0, await UnobservedErrors.CountAsync(message, () => LeaveAsync(message)));
    }

    [Fact]
    public async Task It_is_made_in_nobodys_flow()
    {
        string? flowed = "nothing";
        var flowing = new AsyncLocal<string?> { Value = "the first request" };
        var connection = new RedisConnection(_ => throw new InvalidOperationException(flowed = flowing.Value), database: null, isOwn: false);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.RunAsync(0, static (_, _, _) => Task.FromResult(true), static (_, done) => done, default));
        Assert.Null(flowed);
    }

    private static async Task<WeakReference> LeaveAsync(string message)
    {
        var answer = new TaskCompletionSource<IConnectionMultiplexer>();
        var connection = new RedisConnection(_ => answer.Task, database: null, isOwn: false);
        using var patience = new CancellationTokenSource();
        Task<bool> call = connection.RunAsync(0, static (_, _, _) => Task.FromResult(true), static (_, done) => done, patience.Token).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        answer.SetException(new InvalidOperationException(message));
        return new WeakReference(connection);
    }
}
