using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Hosting;

/// <summary>[F6] A call that is left alone, and fails later, does not come up as an unobserved exception.</summary>
public sealed class LeftAloneTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_call_of_a_driver_that_does_not_heed_its_token()
    {
        string message = $"late {Guid.NewGuid()}";
        Assert.Equal(0, await UnobservedErrors.CountAsync(message, () => LeaveAsync(message, async store => await store.ReadAsync(SessionKey.Create(), Timeout))));
        Assert.Equal(0, await UnobservedErrors.CountAsync(
            message, () => LeaveAsync(message, store => Task.FromResult(store.Read(SessionKey.Create(), Timeout, StoreDeadline.Start(Timeout))))));
    }

    [Fact]
    public async Task A_call_of_the_key_ring()
    {
        string message = $"late {Guid.NewGuid()}";
        Assert.Equal(0, await UnobservedErrors.CountAsync(message, async () =>
        {
            var answer = new TaskCompletionSource<int>();
            var call = new BoundedCall("It could not be read", () => Timeout);
            Assert.Throws<TimeoutException>(() => call.Run(() => answer.Task.GetAwaiter().GetResult()));
            var left = new WeakReference(answer.Task);
            answer.SetException(new InvalidOperationException(message));
            await Assert.ThrowsAsync<InvalidOperationException>(() => answer.Task);
            return left;
        }));
    }

    private static async Task<WeakReference> LeaveAsync(string message, Func<SessionStorage, Task> callAsync)
    {
        var driver = new Hanging();
        await Assert.ThrowsAsync<SessionStoreException>(() => callAsync(new SessionStorage("hanging", driver)));
        driver.Answer.SetException(new InvalidOperationException(message));
        return new WeakReference(driver.Answer.Task);
    }

    private sealed class Hanging : ISessionDriver
    {
        internal TaskCompletionSource<SessionRecord?> Answer { get; } = new();

        public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => new(Answer.Task);

        public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
