using System.Collections.Concurrent;

namespace FuelSessions.Tokens.Tests.Support;

/// <summary>What a user may write: two members, over a dictionary. A test can come between, and let it fail.</summary>
internal class TestManager : ITokenSessionManager
{
    public ConcurrentDictionary<TokenKey, OAuthToken> Tokens { get; } = new();

    public Func<TokenKey, Task>? BeforeGet { get; set; }

    public Func<TokenKey, Task>? BeforeSet { get; set; }

    public Func<TokenKey, Task>? AfterSet { get; set; }

    public async Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        await (BeforeGet?.Invoke(key) ?? Task.CompletedTask);
        return Tokens.GetValueOrDefault(key, OAuthToken.Empty);
    }

    public async Task SetAsync(OAuthToken token, TokenKey key, CancellationToken cancellationToken = default)
    {
        await (BeforeSet?.Invoke(key) ?? Task.CompletedTask);
        if (token.IsEmpty)
        {
            Tokens.TryRemove(key, out _);
        }
        else
        {
            Tokens[key] = token;
        }

        await (AfterSet?.Invoke(key) ?? Task.CompletedTask);
    }

    /// <summary>Lets all writes fail; but reads work.</summary>
    public void BreakWrites() => BeforeSet = _ => Task.FromException(new IOException("The store is read-only."));

    public void Repair() => (BeforeGet, BeforeSet, AfterSet) = (null, null, null);
}

/// <summary>The same with a lock, which the test holds or not.</summary>
internal sealed class LockingManager : TestManager, ITokenRenewalLock
{
    public bool IsHeld { get; set; }

    public bool FailsToRelease { get; set; }

    public int Attempts { get; private set; }

    public Action? OnAttempt { get; set; }

    public Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Attempts++;
        OnAttempt?.Invoke();
        return Task.FromResult<IAsyncDisposable?>(IsHeld ? null : new Hold(this));
    }

    private sealed class Hold(LockingManager manager) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => manager.FailsToRelease ? throw new IOException("The store is gone.") : ValueTask.CompletedTask;
    }
}
