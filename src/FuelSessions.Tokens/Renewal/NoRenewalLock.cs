namespace FuelSessions.Tokens.Renewal;

/// <summary>The lock of a manager that has none, or is not to lock: everybody gets it at once.</summary>
internal sealed class NoRenewalLock : ITokenRenewalLock, IAsyncDisposable
{
    private NoRenewalLock()
    {
    }

    internal static NoRenewalLock Instance { get; } = new();

    public Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default) =>
        Task.FromResult<IAsyncDisposable?>(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
